import { describe, expect, test } from 'vitest'
import { decide } from './decide.js'
import {
  type DecisionCase,
  deadline,
  fail,
  leavingUsable,
  open,
  poisoned,
  resolved,
  returned,
} from './fake-case.js'
import { fakeInput, fakeVerdict, statements, verdicts } from './fake-input.js'
import { settledRules } from './settled-rules.js'

const { deadBeforeSend, queued, readOnly } = verdicts
const { read, rollback } = statements

const settled: readonly DecisionCase[] = [
  [
    'ROLLBACK of a poisoned session resolves',
    'rollback-of-poisoned',
    { session: poisoned, facts: rollback, verdict: deadBeforeSend },
    resolved,
  ],
  [
    'a poisoned session fails all else with the same outcome',
    'poisoned',
    { session: { ...poisoned, lostOutcome: 'rolled-back' }, facts: read, verdict: queued },
    fail('lost-transaction', 'no', 'rolled-back'),
  ],
  [
    'a poisoned session of which no outcome is known says unknown',
    'poisoned',
    { session: poisoned, verdict: queued },
    fail('lost-transaction', 'no', 'unknown'),
  ],
  [
    'ROLLBACK TO SAVEPOINT does not heal a poisoned session',
    'poisoned',
    { session: poisoned, facts: statements.rollbackToSavepoint },
    fail('lost-transaction', 'no', 'unknown'),
  ],
  [
    'ROLLBACK followed by something else does not heal a poisoned session',
    'poisoned',
    { session: poisoned, facts: statements.rollbackAndMore },
    fail('lost-transaction', 'no', 'unknown'),
  ],
  [
    'XA ROLLBACK does not heal a poisoned session: its branch may be prepared',
    'poisoned',
    { session: poisoned, facts: statements.xaRollback },
    fail('lost-transaction', 'no', 'unknown'),
  ],
  [
    'a packet that is too large is never resent',
    'packet-too-large',
    { verdict: fakeVerdict({ kind: 'packet-too-large', executed: 'no' }), annotation: { idempotent: true } },
    fail('packet-too-large', 'no'),
  ],
  [
    'a refused login is final',
    'access-refused',
    { verdict: fakeVerdict({ kind: 'access-refused', executed: 'no', evidence: 'refused' }) },
    returned,
  ],
  [
    'a deadlock is returned unchanged',
    'not-a-loss',
    {
      session: open,
      verdict: fakeVerdict({ kind: 'conflict', executed: 'no', link: 'usable', transaction: 'rolled-back' }),
    },
    returned,
  ],
  [
    'a query after end() is returned unchanged',
    'not-a-loss',
    { verdict: fakeVerdict({ kind: 'application', executed: 'no' }) },
    returned,
  ],
  [
    'an ordinary error is returned unchanged',
    'not-a-loss',
    {
      verdict: fakeVerdict({ kind: 'unrelated', executed: 'no', link: 'usable', evidence: 'answered' }),
      session: open,
    },
    returned,
  ],
  [
    'an unknown statement handler on a usable link is returned unchanged',
    'link-usable',
    { verdict: fakeVerdict({ kind: 'session-lost', link: 'usable' }) },
    returned,
  ],
  [
    'a server in motion that rolled back is returned unchanged inside a transaction',
    'link-usable',
    { verdict: leavingUsable, session: open },
    returned,
  ],
  [
    'a server in motion keeps the baggage of the session',
    'link-usable',
    { verdict: leavingUsable, session: { baggage: ['user-lock'] } },
    returned,
  ],
  [
    'a read-only server that kept the transaction leaves it to the application',
    'kept-by-wrong-server',
    { verdict: { ...readOnly, transaction: 'kept' }, session: open },
    returned,
  ],
  [
    'a read-only server that kept the baggage leaves it to the application',
    'kept-by-wrong-server',
    { verdict: { ...readOnly, transaction: 'kept' }, session: { baggage: ['temporary-table'] } },
    returned,
  ],
  [
    'a statement withdrawn from the queue leaves its transaction alone',
    'withdrawn',
    { verdict: { ...deadline, executed: 'no', evidence: 'queued-never-sent' }, session: open },
    fail('lost-connection', 'no'),
  ],
]

const cases = [...settled]

describe('what is settled whatever becomes of the link', () => {
  test.each(cases)('%s (%s)', (_fact, rule, input, decision) => {
    expect(decide(fakeInput(input))).toEqual({ ...decision, reason: rule })
  })

  test('every rule has a case', () => {
    const ids = [...settledRules].map(({ id }) => id)
    expect(new Set(cases.map(([, rule]) => rule))).toEqual(new Set(ids))
  })
})
