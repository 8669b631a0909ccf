import type { Evidence } from '../classification/verdict.js'
import { brandClass } from './brand.js'
import { ComebackError, type ComebackErrorOptions } from './comeback-error.js'
import { identified, lossIdentity } from './loss.js'
import { diagnose } from './unavailable-diagnosis.js'

/**
 * Why no link could be had: the time to wait was over, too many callers wait already, the breaker is open, the
 * database refused for good, or the pool was closed meanwhile.
 */
export type UnavailableReason = 'deadline' | 'waiting-room-full' | 'breaker-open' | 'refused' | 'closed'

/** What a {@link DatabaseUnavailableError} is made of. */
export interface DatabaseUnavailableErrorOptions extends ComebackErrorOptions {
  /** Why no link could be had. */
  readonly reason: UnavailableReason
  /** Default: `refused` for the reason `refused`, else `queued-never-sent`. */
  readonly evidence?: Evidence
  /** The error of the latest attempt to connect, where it is not the cause: it says why the database can not be had. */
  readonly lastFailure?: unknown
}

const whats = {
  deadline: 'No connection to the database could be had within the time to wait',
  'waiting-room-full': 'The database can not be reached and as many callers as allowed wait for it already',
  'breaker-open': 'The database could not be reached lately, so connecting is not tried for a while',
  refused: 'The database refused the connection',
  closed: 'The pool was closed while a connection was being opened',
} as const

const advices = {
  deadline: 'Try again later; `retry.deadlineMs` and `outage.maxWaitMs` say how long to wait.',
  'waiting-room-full': 'Shed load or try again later; `outage.maxWaiting` says how many may wait.',
  'breaker-open': 'Try again later; `outage.breaker` says when connecting is tried again.',
  refused: 'Mend the cause; trying again does not help.',
  closed: 'Let the work in progress end before the pool is closed.',
} as const

/** No link could be had. Nothing was executed. */
export class DatabaseUnavailableError extends ComebackError {
  /** Tells the class apart from its siblings in a `switch`. */
  declare readonly name: 'DatabaseUnavailableError'
  /** Nothing was executed. */
  declare readonly executed: 'no'
  /** Why no link could be had. */
  readonly reason: UnavailableReason

  static {
    brandClass(DatabaseUnavailableError.prototype, 'DatabaseUnavailableError')
  }

  /** Made by the layers of Comeback; an application only reads it. */
  constructor(options: DatabaseUnavailableErrorOptions) {
    const { reason, evidence = reason === 'refused' ? 'refused' : 'queued-never-sent' } = options
    const identity = lossIdentity(options.cause ?? options.lastFailure, false)
    const diagnosis = diagnose(options.lastFailure ?? options.cause)
    const advice = advices[reason]
    const what = identified(whats[reason], undefined, identity)
    const message = [what, diagnosis, 'Nothing was executed.', advice].filter(Boolean).join(' ')
    const cause = options.cause ?? options.lastFailure
    super({ ...identity, evidence, executed: 'no', advice, message }, { ...options, cause })
    this.reason = reason
  }
}
