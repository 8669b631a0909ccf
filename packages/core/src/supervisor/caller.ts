import { DatabaseUnavailableError, type UnavailableReason } from '../errors/database-unavailable-error.js'
import type { ConnectAttempt } from './connect-attempt.js'
import type { OpenRequest } from './link-port.js'

/** One attempt that is under way, and the caller who waits for it. */
export interface Flight<L, C> {
  /** Who gets its result; changes when the one it was made for leaves. */
  caller: Caller<L, C>
  readonly madeFor: Caller<L, C>
  readonly startedAt: number
  readonly isProbe: boolean
  /** Its time was cut short by the deadline of the one it was made for: running out of it says nothing about the database. */
  readonly isCutShort: boolean
  attempt?: ConnectAttempt<L>
}

/** Somebody who waits for a link. */
export interface Caller<L, C> {
  readonly request: OpenRequest<C>
  readonly context: C
  readonly askedAt: number
  readonly resolve: (link: L) => void
  readonly reject: (error: unknown) => void
  /** The attempt made for this caller. */
  flight: Flight<L, C> | undefined
  /** Why the latest attempt made for this caller failed. */
  lastFailure: unknown
}

/** The error for a caller who gets no link. */
export const unavailable = (
  reason: UnavailableReason,
  request: OpenRequest,
  elapsedMs: number,
  lastFailure: unknown,
): DatabaseUnavailableError =>
  new DatabaseUnavailableError({
    reason,
    elapsedMs: Math.round(elapsedMs),
    ...(request.firstError === undefined ? {} : { cause: request.firstError }),
    ...(lastFailure === undefined ? {} : { lastFailure }),
  })
