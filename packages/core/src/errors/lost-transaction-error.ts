import { brandClass } from './brand.js'
import { ComebackError } from './comeback-error.js'
import { howLost, identified, type LossOptions, type LossReason, lossIdentity, wasSent } from './loss.js'

/** What became of a transaction. */
export type TransactionOutcome = 'committed' | 'rolled-back' | 'unknown'

/** Where in its life a transaction was lost; `idle` is between two statements. */
export type TransactionPhase = 'begin' | 'statement' | 'commit' | 'idle'

/** What a {@link LostTransactionError} is made of. */
export interface LostTransactionErrorOptions extends LossOptions {
  /** What became of the transaction. */
  readonly outcome: TransactionOutcome
  /** Where in its life it was lost. */
  readonly phase: TransactionPhase
  /** Statements that had completed in it, BEGIN not counted. */
  readonly statements: number
}

const where = {
  begin: 'while it began',
  statement: 'in a statement',
  commit: 'in its COMMIT',
  idle: 'between two statements',
} as const

const known = {
  committed: 'It is committed; only the answer was lost.',
  'rolled-back': 'It is rolled back: nothing of it is in the database.',
  unknown: 'Whether it was committed is not known.',
} as const

const advices = {
  committed: 'Go on as after a COMMIT; do not run it again.',
  'rolled-back': 'Run the whole transaction again from its beginning, not just the statement.',
  unknown: 'Look in the database for what it would have written before you run it again.',
} as const

const executed = { committed: 'yes', 'rolled-back': 'no', unknown: 'unknown' } as const

/**
 * The connection was lost while a transaction was open. Until the application rolls back, every further statement
 * on that session fails with the same error, so that no rest of the transaction runs outside it.
 */
export class LostTransactionError extends ComebackError {
  /** Tells the class apart from its siblings in a `switch`. */
  declare readonly name: 'LostTransactionError'
  /** Whether the transaction as a whole took effect: `outcome` in the words of all errors. */
  declare readonly executed: 'no' | 'yes' | 'unknown'
  /** `unknown` only when its end was under way, or when it was an XA transaction that had been prepared. */
  readonly outcome: TransactionOutcome
  /** Where in its life it was lost. */
  readonly phase: TransactionPhase
  /** Statements that had completed in it, BEGIN not counted. */
  readonly statements: number
  /** Why the link was given up. */
  readonly reason: LossReason

  static {
    brandClass(LostTransactionError.prototype, 'LostTransactionError')
  }

  /** Made by the layers of Comeback; an application only reads it. */
  constructor(options: LostTransactionErrorOptions) {
    const { evidence, outcome, phase, statements, reason = 'connection-lost', verb } = options
    const identity = lossIdentity(options.cause, wasSent(evidence))
    const advice = advices[outcome]
    const count = statements === 1 ? '1 statement' : `${statements} statements`
    const what = identified(`${howLost(reason)}, and with it a transaction, ${where[phase]}`, verb, identity)
    const message = `${what} ${count} had completed in it. ${known[outcome]} ${advice}`
    super({ ...identity, evidence, executed: executed[outcome], advice, message }, options)
    this.outcome = outcome
    this.phase = phase
    this.statements = statements
    this.reason = reason
  }
}
