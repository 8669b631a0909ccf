import type { StatementFacts } from '../statement/statement-facts.js'
import type { DecisionInput } from './decision.js'
import { fittingFailure, mayWrite } from './fitting-failure.js'
import {
  type DecisionRule,
  isDeclaredIdempotent,
  isFirstSending,
  isNeverHandedOver,
  isRetryForbidden,
  isUnexecuted,
  resent,
  returned,
} from './rule.js'

/** Connecting is no attempt of the statement: while nothing can be sent, only time is spent. */
const isStillConnecting = ({ verdict }: DecisionInput): boolean =>
  verdict.executed === 'no' &&
  (verdict.kind === 'unreachable' || verdict.kind === 'overloaded' || verdict.evidence === 'refused')

/** BEGIN, or a session change by literal values: all that it did is gone with the link that it did it on. */
const endsWithLink = (facts: StatementFacts): boolean => {
  if (facts.multiple || facts.opaque) return false
  if (facts.kind === 'transaction') {
    return facts.transaction === 'begin' || facts.transaction === 'set-transaction'
  }
  return (
    facts.kind === 'session' &&
    facts.restores.length > 0 &&
    facts.leaves.length === 0 &&
    !facts.implicitCommit
  )
}

/** The link is gone, the session can go on without it: may the statement be sent again? First what forbids it. */
export const forbiddingRules: readonly DecisionRule[] = [
  {
    id: 'deadline-passed',
    why: 'Its time is over, whatever is known of it.',
    when: ({ verdict }) => verdict.kind === 'deadline',
    ruling: fittingFailure,
  },
  {
    id: 'final',
    why: 'The verdict says that trying again can not help.',
    when: input => isUnexecuted(input) && !input.verdict.retryable,
    ruling: fittingFailure,
  },
  {
    id: 'retry-forbidden',
    why: 'The caller wants it sent once at most. What was never sent is still sent once.',
    when: input => isRetryForbidden(input) && !isFirstSending(input),
    ruling: fittingFailure,
  },
  {
    id: 'delivered',
    why: 'The caller has been given rows; starting over would give them twice.',
    when: ({ delivered }) => delivered,
    ruling: fittingFailure,
  },
  {
    id: 'refused-to-the-end',
    why: 'No server that takes it was found in time: it may well be one that never does, whose own word says it best.',
    when: input =>
      isUnexecuted(input) &&
      input.verdict.kind === 'wrong-server' &&
      input.verdict.evidence === 'answered' &&
      (input.attempt >= input.policy.maxAttempts || !(input.remainingMs > 0)),
    ruling: returned,
  },
  {
    id: 'time-spent',
    why: 'The caller has waited as long as the policy allows.',
    when: ({ remainingMs }) => !(remainingMs > 0),
    ruling: fittingFailure,
  },
  {
    id: 'attempts-spent',
    why: 'A statement that loses its link each time may be the reason for it.',
    when: input => input.attempt >= input.policy.maxAttempts && !isStillConnecting(input),
    ruling: fittingFailure,
  },
  {
    id: 'write-undeclared',
    why: 'The policy `writes: annotated` trusts no proof once a byte may have left: only declared writes go twice.',
    when: input =>
      input.policy.writes === 'annotated' &&
      mayWrite(input.facts) &&
      isUnexecuted(input) &&
      !isNeverHandedOver(input) &&
      !isDeclaredIdempotent(input),
    ruling: fittingFailure,
  },
]

/** Then what allows it; without any of these the statement fails with what is known. */
export const allowingRules: readonly DecisionRule[] = [
  {
    id: 'clean-transaction',
    why: 'BEGIN was the last that ran, so opening the transaction again loses nothing.',
    when: input => input.session.transaction === 'clean' && isUnexecuted(input),
    ruling: () => ({ action: 'reopen-and-resend', reopenTransaction: true }),
  },
  {
    id: 'unexecuted',
    why: 'What did not run is not run twice.',
    when: isUnexecuted,
    ruling: resent,
  },
  {
    id: 'budget-spent',
    why: 'Resending what may have run adds to the load of a server that is in trouble already.',
    when: ({ budget }) => budget === 'spent',
    ruling: fittingFailure,
  },
  {
    id: 'ends-with-link',
    why: 'If it ran, its effect was confined to the lost link: BEGIN outside a transaction, a restorable session change.',
    when: ({ facts }) => endsWithLink(facts),
    ruling: resent,
  },
  {
    id: 'read-again',
    why: 'A read that depends on no session state may be read again.',
    when: ({ facts, policy }) => facts.resendable && policy.reads !== 'annotated',
    ruling: resent,
  },
  {
    id: 'declared-idempotent',
    why: 'The caller has declared that running it twice does no harm.',
    when: isDeclaredIdempotent,
    ruling: resent,
  },
  {
    id: 'verify',
    why: 'The caller can look whether it took effect.',
    when: ({ annotation, verdict }) => annotation.verify !== undefined && verdict.executed === 'unknown',
    ruling: () => ({ action: 'verify' }),
  },
  {
    id: 'in-doubt',
    why: 'It may have run, and nothing says that it may run twice.',
    when: () => true,
    ruling: fittingFailure,
  },
]
