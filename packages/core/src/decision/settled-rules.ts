import { isPlainRollback } from '../session/transaction-effects.js'
import type { DecisionInput } from './decision.js'
import { fittingFailure } from './fitting-failure.js'
import { type DecisionRule, isGone, isNeverHandedOver, returned } from './rule.js'

/** A proxy or server in motion has not run a statement that any other link can run as well. */
const isReplaceable = ({ verdict, session, facts }: DecisionInput): boolean =>
  verdict.kind === 'server-leaving' &&
  verdict.executed === 'no' &&
  verdict.retryable &&
  session.transaction === 'none' &&
  session.baggage.length === 0 &&
  !facts.readsSession

/** What is settled whatever becomes of the link: poisoned sessions, and errors that are no loss. */
export const settledRules: readonly DecisionRule[] = [
  {
    id: 'rollback-of-poisoned',
    why: 'The transaction is gone already; ROLLBACK is what the application owes, and it gives the session back.',
    when: ({ session, facts }) => session.transaction === 'poisoned' && isPlainRollback(facts),
    ruling: () => ({ action: 'resolve' }),
  },
  {
    id: 'poisoned',
    why: 'Whatever follows in a lost transaction would run outside it.',
    when: ({ session }) => session.transaction === 'poisoned',
    ruling: ({ session }) => ({
      action: 'fail',
      error: 'lost-transaction',
      executed: 'no',
      outcome: session.lostOutcome ?? 'unknown',
    }),
  },
  {
    id: 'packet-too-large',
    why: 'It is as large the next time. A transaction that was lost with the link is reported by its next statement.',
    when: ({ verdict }) => verdict.kind === 'packet-too-large',
    ruling: ({ verdict }) => ({ action: 'fail', error: 'packet-too-large', executed: verdict.executed }),
  },
  {
    id: 'access-refused',
    why: 'The same login is refused the next time, and some servers lock out who keeps trying.',
    when: ({ verdict }) => verdict.kind === 'access-refused',
    ruling: returned,
  },
  {
    id: 'not-a-loss',
    why: 'Conflicts, stopped statements, ordinary errors and the application’s own doing are not ours to mend.',
    when: ({ verdict: { kind } }) =>
      kind === 'conflict' || kind === 'statement-stopped' || kind === 'application' || kind === 'unrelated',
    ruling: returned,
  },
  {
    id: 'link-usable',
    why: 'The server has answered and the session goes on, with its transaction as the server has left it.',
    when: input => !isGone(input) && !isReplaceable(input),
    ruling: returned,
  },
  {
    id: 'kept-by-wrong-server',
    why: 'The link lives and so does what only it has. In a transaction declared READ ONLY this is an ordinary error (1792).',
    when: ({ verdict, session }) =>
      verdict.link === 'wrong-server' &&
      verdict.transaction === 'kept' &&
      verdict.evidence === 'answered' &&
      (session.transaction !== 'none' || session.baggage.length > 0),
    ruling: returned,
  },
  {
    id: 'withdrawn',
    why: 'Its time was over while it waited to be sent. That says nothing of the link, and the transaction on it goes on.',
    when: input => input.verdict.kind === 'deadline' && isNeverHandedOver(input),
    ruling: fittingFailure,
  },
]
