import { isPlainRollback, mayCommit } from '../session/transaction-effects.js'
import type { StatementFacts } from '../statement/statement-facts.js'
import type { DecisionInput } from './decision.js'
import { type DecisionRule, isUnexecuted, lostTransaction } from './rule.js'

/** A transaction is open, or may be, and something has been done in it, or may have been. */
const isDirty = ({ session: { transaction } }: DecisionInput): boolean =>
  transaction === 'open' || transaction === 'unsure'

const isInFlight = (input: DecisionInput): boolean => !isUnexecuted(input)

const isCommit = (facts: StatementFacts): boolean =>
  !facts.multiple && (facts.transaction === 'commit' || facts.transaction === 'xa-commit')

/** COMMIT, and BEGIN or XA START by their implicit commit, end an empty transaction without writing anything. */
const endsNothing = (facts: StatementFacts): boolean =>
  !facts.multiple && ['commit', 'begin', 'xa-start'].includes(facts.transaction ?? '')

/** The link is gone, and a transaction with it. Nothing is sent again in one in which anything may have been done. */
export const transactionRules: readonly DecisionRule[] = [
  {
    id: 'rollback-of-lost',
    why: 'The server rolls back what a lost link had open; there is nothing left for ROLLBACK to do. A prepared branch stays.',
    when: ({ session, facts }) => session.transaction !== 'prepared' && isPlainRollback(facts),
    ruling: () => ({ action: 'resolve' }),
  },
  {
    id: 'commit-executed',
    why: 'The server has begun to say that the COMMIT succeeded. After an error it may have had nothing left to commit.',
    when: ({ session, verdict, facts }) =>
      (session.transaction === 'open' ||
        session.transaction === 'clean' ||
        session.transaction === 'prepared') &&
      verdict.executed === 'yes' &&
      isCommit(facts),
    ruling: input => lostTransaction(input, 'committed'),
  },
  {
    id: 'prepared',
    why: 'A prepared XA branch outlives its link and can still be committed from another.',
    when: ({ session }) => session.transaction === 'prepared',
    ruling: input => lostTransaction(input, 'unknown'),
  },
  {
    id: 'end-in-flight',
    why: 'COMMIT, or what commits implicitly or may do so unseen, was under way: it may have taken effect.',
    when: input => isDirty(input) && isInFlight(input) && mayCommit(input.facts),
    ruling: input => lostTransaction(input, 'unknown'),
  },
  {
    id: 'unsure-in-flight',
    why: 'An error may have ended the transaction; what was sent after it may have run, and committed, by itself.',
    when: input => input.session.transaction === 'unsure' && isInFlight(input) && input.facts.kind !== 'read',
    ruling: input => lostTransaction(input, 'unknown'),
  },
  {
    id: 'transaction-lost',
    why: 'Its end was never sent, so the server rolls it back.',
    when: isDirty,
    ruling: input => lostTransaction(input, 'rolled-back'),
  },
  {
    id: 'clean-in-flight',
    why: 'Its first statement may have run, and is rolled back unless it commits implicitly. An empty transaction writes nothing.',
    when: input => input.session.transaction === 'clean' && isInFlight(input),
    ruling: input =>
      lostTransaction(input, mayCommit(input.facts) && !endsNothing(input.facts) ? 'unknown' : 'rolled-back'),
  },
]

/** The link is gone, and with it what only that link had. */
export const sessionRules: readonly DecisionRule[] = [
  {
    id: 'session-gone',
    why: 'The server no longer knows the session’s state.',
    when: ({ verdict }) => verdict.kind === 'session-lost',
    ruling: ({ verdict }) => ({ action: 'fail', error: 'session-lost', executed: verdict.executed }),
  },
  {
    id: 'session-baggage',
    why: 'A new link would lack what this one carried: a lock, a temporary table, a variable.',
    when: ({ session }) => session.baggage.length > 0,
    ruling: ({ verdict }) => ({ action: 'fail', error: 'session-lost', executed: verdict.executed }),
  },
  {
    id: 'session-read',
    why: 'LAST_INSERT_ID() and the like would be answered by a link that has no past, wrongly and without an error.',
    when: ({ facts }) => facts.readsSession,
    ruling: ({ verdict }) => ({ action: 'fail', error: 'session-lost', executed: verdict.executed }),
  },
]
