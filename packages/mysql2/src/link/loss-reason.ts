import type { LossReason } from '@comeback/core'

const REASON: unique symbol = Symbol.for('comeback.mysql2.lossReason') as never

type Reasoned = Error & { [REASON]?: LossReason }

function errorWith(message: string, code: string, reason: LossReason, cause?: unknown): Error {
  const error: Reasoned = new Error(message, cause === undefined ? undefined : { cause })
  error[REASON] = reason
  return Object.assign(error, { code, fatal: true })
}

/** Why a link was given up for this error: a loss, unless Comeback gave it up itself. */
export function reasonOf(error: unknown): LossReason {
  return (error as Reasoned | null)?.[REASON] ?? 'connection-lost'
}

/** The error that mysql2 makes when the server closes a connection; made here when a peek has seen it first. */
export function closedByServer(reason: LossReason = 'connection-lost'): Error {
  return errorWith('Connection lost: The server closed the connection.', 'PROTOCOL_CONNECTION_LOST', reason)
}

/** The error that mysql2 makes for a command after the application has closed its connection: the application's own doing. */
export function closedByApplication(): Error {
  return Object.assign(new Error("Can't add new command when connection is in closed state"), { fatal: true })
}

/** The error that mysql2 makes for a query with a `timeout` of its own. */
export function inactivityTimeout(): Error {
  const error = errorWith('Query inactivity timeout', 'PROTOCOL_SEQUENCE_TIMEOUT', 'deadline')
  return Object.assign(error, { errorno: 'PROTOCOL_SEQUENCE_TIMEOUT', syscall: 'query' })
}

/** A statement has not settled within a deadline of Comeback's. */
export function deadlinePassed(deadlineMs: number): Error {
  return errorWith(`No answer within ${deadlineMs} ms`, 'PROTOCOL_SEQUENCE_TIMEOUT', 'deadline')
}

/** A statement's signal was aborted. */
export function aborted(signal: AbortSignal): Error {
  return errorWith('The statement was aborted', 'ABORT_ERR', 'aborted', signal.reason)
}

/** A connect attempt, or a statement of our own, had no answer in time. */
export function noAnswer(syscall: 'connect' | 'read'): Error {
  return Object.assign(errorWith(`${syscall} ETIMEDOUT`, 'ETIMEDOUT', 'connection-lost'), { syscall })
}
