import { brandClass } from './brand.js'
import { ComebackError } from './comeback-error.js'
import { howLost, identified, type LossOptions, type LossReason, lossIdentity, wasSent } from './loss.js'

/** What a {@link LostConnectionError} is made of. */
export interface LostConnectionErrorOptions extends LossOptions {
  /** Whether the statement ran. */
  readonly executed: 'no' | 'yes' | 'unknown'
}

const known = {
  no: 'It was not executed.',
  yes: 'It was executed; only its answer was lost.',
  unknown: 'Whether it was executed is not known.',
} as const

const advices = {
  no: 'Send it again when the database is back.',
  yes: 'Do not send it again.',
  unknown: 'Send it again if it only reads; otherwise look first at what it has done.',
} as const

/**
 * The connection was lost under a statement, and the statement could not be brought through on a new one.
 *
 * A write of which nobody can know whether it ran is an `OutcomeUnknownError` instead, and a statement in a
 * transaction a `LostTransactionError`.
 */
export class LostConnectionError extends ComebackError {
  /** Tells the class apart from its siblings in a `switch`. */
  declare readonly name: 'LostConnectionError'
  /** Whether the statement ran. */
  declare readonly executed: 'no' | 'yes' | 'unknown'
  /** Why the link was given up. */
  readonly reason: LossReason

  static {
    brandClass(LostConnectionError.prototype, 'LostConnectionError')
  }

  /** Made by the layers of Comeback; an application only reads it. */
  constructor(options: LostConnectionErrorOptions) {
    const { evidence, executed, reason = 'connection-lost', verb } = options
    const identity = lossIdentity(options.cause, wasSent(evidence) && executed !== 'no')
    const advice = advices[executed]
    const what = identified(howLost(reason), verb, identity)
    super(
      { ...identity, evidence, executed, advice, message: `${what} ${known[executed]} ${advice}` },
      options,
    )
    this.reason = reason
  }
}
