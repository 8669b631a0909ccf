import { brandClass } from './brand.js'
import { ComebackError } from './comeback-error.js'
import { howLost, identified, type LossOptions, type LossReason, lossIdentity, wasSent } from './loss.js'

/** What an {@link OutcomeUnknownError} is made of. */
export type OutcomeUnknownErrorOptions = LossOptions

const advice =
  'Look in the database for what it would have written before you send it again, or declare it idempotent or verifiable.'

/** The connection was lost under a write outside a transaction, and nobody can know whether the write took effect. */
export class OutcomeUnknownError extends ComebackError {
  /** Tells the class apart from its siblings in a `switch`. */
  declare readonly name: 'OutcomeUnknownError'
  /** Nobody can know. */
  declare readonly executed: 'unknown'
  /** Why the link was given up. */
  readonly reason: LossReason

  static {
    brandClass(OutcomeUnknownError.prototype, 'OutcomeUnknownError')
  }

  /** Made by the layers of Comeback; an application only reads it. */
  constructor(options: OutcomeUnknownErrorOptions) {
    const { evidence, reason = 'connection-lost', verb } = options
    const identity = lossIdentity(options.cause, wasSent(evidence))
    const what = identified(howLost(reason), verb, identity)
    // A server that goes away says so in an answer, which tells nothing of the statement either.
    const why = evidence === 'answered' ? 'the answer does not tell' : 'no answer came whole'
    const message = `${what} It may or may not have been executed: ${why}, so it was not sent again. ${advice}`
    super({ ...identity, evidence, executed: 'unknown', advice, message }, options)
    this.reason = reason
  }
}
