import type { Annotation } from '../annotation/annotation.js'
import type { Verdict } from '../classification/verdict.js'
import type { SessionSnapshot } from '../session/session-snapshot.js'
import type { StatementFacts } from '../statement/statement-facts.js'

/** The part of the policy that decisions read. */
export interface DecisionPolicy {
  /** Which writes may be sent again. */
  readonly writes: 'proven-unsent' | 'annotated' | 'exactly-once'
  /** `any`: reads are resent by what their text shows; `annotated`: only when declared idempotent; `same-server`: only to the same server. */
  readonly reads: 'any' | 'annotated' | 'same-server'
  /** Attempts in all, the first one included. */
  readonly maxAttempts: number
}

/** Everything that a decision depends on. Plain data: no clock, no link, no driver. */
export interface DecisionInput {
  /** What the error proves, as `classify` made it. */
  readonly verdict: Verdict
  /** What the statement is, as `statementFacts` made it. */
  readonly facts: StatementFacts
  /** As it was before the session's tracker was told of this failure. */
  readonly session: SessionSnapshot
  /** What was declared with the statement, around it and by the policy, merged; its comment is also read from `facts`. */
  readonly annotation: Annotation
  /** A `ResolvedPolicy` with `maxAttempts` taken from its `retry`. */
  readonly policy: DecisionPolicy
  /** How often it has been handed to a socket, this time included; 0 if it never was. */
  readonly attempt: number
  /** Rows (or result sets) that the caller has already been given; such a statement can not start over. */
  readonly delivered: boolean
  /** Milliseconds left until the deadline of the recovery; 0 or less: none. */
  readonly remainingMs: number
  /** Whether the pool's retry budget has a token for a statement that was sent. Unsent statements need none. */
  readonly budget: 'available' | 'spent'
}

/** Which error a failed statement ends in. The driver's own error is its cause. */
export type FailureKind =
  | 'lost-connection'
  | 'outcome-unknown'
  | 'lost-transaction'
  | 'session-lost'
  | 'database-unavailable'
  | 'packet-too-large'

/** What to do with a statement that has failed. */
export type Decision =
  /** Hand the driver's error to the caller unchanged. A link that is `usable` or kept by a wrong server goes on. */
  | { readonly action: 'return'; readonly reason: string }
  /** Give the caller success without asking a server: ROLLBACK of a transaction that is gone already. */
  | { readonly action: 'resolve'; readonly reason: string }
  /** Open a new link, restore the session, reopen a clean transaction where there is one, send again. */
  | { readonly action: 'reopen-and-resend'; readonly reopenTransaction: boolean; readonly reason: string }
  /** Ask the caller's `verify`, then resolve or resend. */
  | { readonly action: 'verify'; readonly reason: string }
  | {
      readonly action: 'fail'
      readonly error: FailureKind
      readonly executed: 'no' | 'yes' | 'unknown'
      /** Set for `lost-transaction`. */
      readonly outcome?: 'committed' | 'rolled-back' | 'unknown'
      readonly reason: string
    }
