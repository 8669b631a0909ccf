import type { BaggageKind } from '../statement/statement-facts.js'

/**
 * Where a session stands with transactions.
 *
 * `none` autocommit; `clean` BEGIN was the last statement that ran; `open` anything after it;
 * `unsure` the server has answered an error and not yet said what became of the transaction, which counts as open;
 * `prepared` after XA PREPARE; `poisoned` the transaction was lost and has not been rolled back by the application.
 */
export type TransactionState = 'none' | 'clean' | 'open' | 'unsure' | 'prepared' | 'poisoned'

/** What the engine knows of a session at the moment of a decision. Plain data. */
export interface SessionSnapshot {
  /** By the server's own status flags, not by what the application believes. */
  readonly transaction: TransactionState
  /** Baggage that no new link can be given; a session with any is irreplaceable. */
  readonly baggage: readonly BaggageKind[]
  /** Statements that the open transaction has completed, BEGIN not counted. */
  readonly statements: number
  /** For a poisoned session: what its lost transaction came to. Without it: `unknown`. */
  readonly lostOutcome?: 'committed' | 'rolled-back' | 'unknown'
}
