import { annotationFromComment } from '../annotation/annotation-from-comment.js'
import { wasHandedOver } from '../classification/unsent.js'
import type { Decision, DecisionInput } from './decision.js'

/** A decision before it has been given its reason. */
export type Ruling = Decision extends infer One ? (One extends Decision ? Omit<One, 'reason'> : never) : never

/** One row of the decision table. The first row whose `when` holds decides. */
export interface DecisionRule {
  /** The `reason` of decisions that it makes; stable, for logs and tests. */
  readonly id: string
  readonly why: string
  readonly when: (input: DecisionInput) => boolean
  readonly ruling: (input: DecisionInput) => Ruling
}

/** The server's link or the way to it is gone; a link to a server that must be left counts as gone. */
export const isGone = ({ verdict }: DecisionInput): boolean => verdict.link !== 'usable'

/** Nothing of it ran: the server did not get it, or refused it before it ran. */
export const isUnexecuted = ({ verdict }: DecisionInput): boolean => verdict.executed === 'no'

/** It was not handed to a socket this time. */
export const isNeverHandedOver = ({ verdict: { evidence } }: DecisionInput): boolean =>
  !wasHandedOver(evidence)

/** It was not handed to a socket even once: sending it now is no second sending. */
export const isFirstSending = (input: DecisionInput): boolean =>
  input.attempt === 0 && isUnexecuted(input) && isNeverHandedOver(input)

/** The caller has declared that it may run twice, by option, scope or comment. An explicit `false` outweighs a comment. */
export const isDeclaredIdempotent = ({ annotation, facts }: DecisionInput): boolean =>
  annotation.idempotent ?? annotationFromComment(facts.comment).idempotent ?? false

/** The caller has forbidden a second sending, by option, scope or comment. */
export const isRetryForbidden = ({ annotation, facts }: DecisionInput): boolean =>
  annotation.retry === false || annotationFromComment(facts.comment).retry === false

/** There is no server to send to at the moment, as opposed to a link that broke. */
export const isOutage = ({ verdict }: DecisionInput): boolean =>
  verdict.kind === 'unreachable' ||
  verdict.kind === 'overloaded' ||
  verdict.kind === 'server-leaving' ||
  verdict.kind === 'wrong-server' ||
  verdict.evidence === 'refused'

export const returned = (): Ruling => ({ action: 'return' })

export const resent = (): Ruling => ({ action: 'reopen-and-resend', reopenTransaction: false })

/** The error of a transaction that is over. */
export const lostTransaction = (
  { verdict }: DecisionInput,
  outcome: 'committed' | 'rolled-back' | 'unknown',
): Ruling => ({ action: 'fail', error: 'lost-transaction', executed: verdict.executed, outcome })
