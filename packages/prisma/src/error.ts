import {
  brandAs,
  ComebackConfigError,
  type ComebackError,
  DatabaseUnavailableError,
  findComebackError,
  LostTransactionError,
  SessionLostError,
} from '@comeback/core'
import { PrismaClientKnownRequestError } from '@prisma/client/runtime/client'
import { causeOf, DriverAdapterError, type PrismaErrorCause } from './driver-error.js'

/** Prisma's code for a kind of a driver's error that comes before Prisma maps errors. */
const codes: Readonly<Record<string, string>> = {
  AuthenticationFailed: 'P1000',
  DatabaseNotReachable: 'P1001',
  DatabaseDoesNotExist: 'P1003',
  SocketTimeout: 'P1008',
  DatabaseAccessDenied: 'P1010',
  ConnectionClosed: 'P1017',
  TransactionWriteConflict: 'P2034',
  TooManyConnections: 'P2037',
}

/** Of a server's error, or of one of Comeback's, that has no code of Prisma's. */
const OTHER = 'P2039'

const TOO_MANY: ReadonlySet<string | undefined> = new Set(['1040', '1203'])

/** What Prisma would call it. A transaction that is rolled back is, for those who retry, what a deadlock is. */
function kindOf(error: ComebackError): PrismaErrorCause {
  if (error instanceof DatabaseUnavailableError) {
    const cause = causeOf(error.cause)
    return TOO_MANY.has(cause?.originalCode) && cause !== undefined ? cause : { kind: 'DatabaseNotReachable' }
  }
  // Even where it is rolled back: who has set a deadline does not want it run again.
  if ((error as { reason?: string }).reason === 'deadline') return { kind: 'SocketTimeout' }
  if (error instanceof LostTransactionError && error.outcome === 'rolled-back') {
    return { kind: 'TransactionWriteConflict' }
  }
  if (error.fatal || error instanceof SessionLostError) return { kind: 'ConnectionClosed' }
  return { kind: 'mysql', code: error.errno ?? 0, message: error.message, state: error.sqlState ?? 'HY000' }
}

/**
 * Prisma makes an error of its own of every one that has a `code`, and passes all others on as they are, adding its version to
 * them. So the code is not there while Prisma looks: from its first question until it has added its version.
 */
function hideCode(error: PrismaClientKnownRequestError, code: string): void {
  let isHidden = false
  const hide = (): void => {
    isHidden = true
    queueMicrotask(() => {
      isHidden = false
    })
  }
  Object.defineProperties(error, {
    code: { configurable: true, enumerable: true, get: () => (isHidden ? undefined : code) },
    batchRequestIdx: { configurable: true, enumerable: false, get: hide },
  })
}

/** An error of Prisma's class that gets through Prisma as it is. */
function passable(
  cause: PrismaErrorCause,
  source: unknown,
  message: string,
  code: string = codes[cause.kind] ?? OTHER,
): PrismaClientKnownRequestError {
  const error = new PrismaClientKnownRequestError(message, {
    code,
    clientVersion: '',
    meta: { driverAdapterError: new DriverAdapterError(cause, source) },
  })
  hideCode(error, code)
  return error
}

function underBothNames(known: ComebackError): PrismaClientKnownRequestError {
  const { message } = known
  const cause = { originalMessage: message, ...kindOf(known) }
  // A mistake in the program has no code of Prisma's.
  const code = known instanceof ComebackConfigError ? known.code : undefined
  const error = passable(cause, known, message, code)
  // Where those look who want to know what is underneath, and whether two errors tell of one loss.
  Object.defineProperty(error, 'driverError', { value: known, enumerable: false })
  return brandAs(error, known)
}

/**
 * What an adapter throws for an error of the driver or of Comeback: the server's errors as Prisma expects them, and Comeback's as
 * errors of both classes. Everything else stays as it is.
 */
export function toPrismaError(error: unknown): unknown {
  const known = findComebackError(error)
  if (known !== undefined) return underBothNames(known)
  const cause = causeOf(error)
  return cause === undefined ? error : new DriverAdapterError(cause, error)
}

/** The same for an error while connecting, which Prisma does not map. */
export function toConnectError(error: unknown): unknown {
  const mapped = toPrismaError(error)
  if (!(mapped instanceof DriverAdapterError)) return mapped
  return passable(mapped.cause, error, mapped.cause.originalMessage ?? mapped.message)
}
