import { describe, expect, test } from 'vitest'
import { decide } from './decide.js'
import { clean, type DecisionCase, deadline, fail, open, prepared, resolved, unsure } from './fake-case.js'
import { fakeInput, fakeVerdict, statements, verdicts } from './fake-input.js'
import { sessionRules, transactionRules } from './transaction-rules.js'

const { answerBegun, deadBeforeSend, writeFailed, unreachable, readOnly } = verdicts
const { read, commit, rollback, begin } = statements

const transactions: readonly DecisionCase[] = [
  [
    'ROLLBACK of a lost transaction resolves',
    'rollback-of-lost',
    { session: open, facts: rollback, verdict: deadBeforeSend },
    resolved,
  ],
  [
    'ROLLBACK lost in flight resolves',
    'rollback-of-lost',
    { session: open, facts: rollback, annotation: { retry: false } },
    resolved,
  ],
  [
    'ROLLBACK with nothing open resolves',
    'rollback-of-lost',
    { facts: rollback, verdict: unreachable },
    resolved,
  ],
  [
    'a COMMIT whose answer had begun is committed',
    'commit-executed',
    { session: open, facts: commit, verdict: answerBegun },
    fail('lost-transaction', 'yes', 'committed'),
  ],
  [
    'ROLLBACK does not undo a prepared branch',
    'prepared',
    { session: prepared, facts: rollback, verdict: deadBeforeSend },
    fail('lost-transaction', 'no', 'unknown'),
  ],
  [
    'XA COMMIT lost in flight is unknown',
    'prepared',
    { session: prepared, facts: statements.xaCommit },
    fail('lost-transaction', 'unknown', 'unknown'),
  ],
  [
    'a COMMIT lost in flight is unknown',
    'end-in-flight',
    { session: open, facts: commit },
    fail('lost-transaction', 'unknown', 'unknown'),
  ],
  [
    'an implicit commit lost in flight is unknown',
    'end-in-flight',
    { session: open, facts: statements.ddl },
    fail('lost-transaction', 'unknown', 'unknown'),
  ],
  [
    'several statements in one text may hold a COMMIT',
    'end-in-flight',
    { session: open, facts: statements.several },
    fail('lost-transaction', 'unknown', 'unknown'),
  ],
  [
    'a procedure may commit',
    'end-in-flight',
    { session: open, facts: statements.call },
    fail('lost-transaction', 'unknown', 'unknown'),
  ],
  [
    'BEGIN lost in flight within a transaction may have committed it',
    'end-in-flight',
    { session: open, facts: begin },
    fail('lost-transaction', 'unknown', 'unknown'),
  ],
  [
    'a COMMIT of an unsure transaction is unknown although its answer had begun',
    'end-in-flight',
    { session: unsure, facts: commit, verdict: answerBegun },
    fail('lost-transaction', 'yes', 'unknown'),
  ],
  [
    'a write sent after an error may have committed by itself',
    'unsure-in-flight',
    { session: unsure },
    fail('lost-transaction', 'unknown', 'unknown'),
  ],
  [
    'a COMMIT that was never sent is rolled back',
    'transaction-lost',
    { session: open, facts: commit, verdict: deadBeforeSend },
    fail('lost-transaction', 'no', 'rolled-back'),
  ],
  [
    'a COMMIT of which the kernel took only a part is rolled back',
    'transaction-lost',
    { session: open, facts: commit, verdict: writeFailed },
    fail('lost-transaction', 'no', 'rolled-back'),
  ],
  [
    'a write lost in flight is rolled back with its transaction',
    'transaction-lost',
    { session: open },
    fail('lost-transaction', 'unknown', 'rolled-back'),
  ],
  [
    'a read is not resent inside a transaction',
    'transaction-lost',
    { session: open, facts: read, annotation: { idempotent: true } },
    fail('lost-transaction', 'unknown', 'rolled-back'),
  ],
  [
    'a read after an error is not resent',
    'transaction-lost',
    { session: unsure, facts: read },
    fail('lost-transaction', 'unknown', 'rolled-back'),
  ],
  [
    'a deadline in a transaction rolls it back',
    'transaction-lost',
    { session: open, verdict: deadline },
    fail('lost-transaction', 'unknown', 'rolled-back'),
  ],
  [
    'a temporary table commits nothing',
    'transaction-lost',
    { session: open, facts: statements.temporaryTable },
    fail('lost-transaction', 'unknown', 'rolled-back'),
  ],
  [
    'a server that became read-only has rolled back',
    'transaction-lost',
    { session: open, verdict: readOnly },
    fail('lost-transaction', 'no', 'rolled-back'),
  ],
  [
    'the first statement of a transaction lost in flight is rolled back',
    'clean-in-flight',
    { session: clean },
    fail('lost-transaction', 'unknown', 'rolled-back'),
  ],
  [
    'an empty transaction lost in its COMMIT has written nothing',
    'clean-in-flight',
    { session: clean, facts: commit },
    fail('lost-transaction', 'unknown', 'rolled-back'),
  ],
  [
    'a DDL lost in flight right after BEGIN is unknown',
    'clean-in-flight',
    { session: clean, facts: statements.ddl },
    fail('lost-transaction', 'unknown', 'unknown'),
  ],
]

const sessions: readonly DecisionCase[] = [
  [
    'a session whose state is gone is lost',
    'session-gone',
    { verdict: fakeVerdict({ kind: 'session-lost' }) },
    fail('session-lost', 'unknown'),
  ],
  [
    'a session with baggage is not given another link',
    'session-baggage',
    { session: { baggage: ['user-lock'] }, verdict: deadBeforeSend, facts: read },
    fail('session-lost', 'no'),
  ],
  [
    'a session with autocommit off is not given another link',
    'session-baggage',
    { session: { baggage: ['autocommit-off'] }, verdict: deadBeforeSend },
    fail('session-lost', 'no'),
  ],
  [
    'LAST_INSERT_ID() is not answered by another link',
    'session-read',
    { facts: statements.sessionRead, verdict: deadBeforeSend, attempt: 0 },
    fail('session-lost', 'no'),
  ],
]

const cases = [...transactions, ...sessions]

describe('a lost transaction or session', () => {
  test.each(cases)('%s (%s)', (_fact, rule, input, decision) => {
    expect(decide(fakeInput(input))).toEqual({ ...decision, reason: rule })
  })

  test('every rule has a case', () => {
    const ids = [...transactionRules, ...sessionRules].map(({ id }) => id)
    expect(new Set(cases.map(([, rule]) => rule))).toEqual(new Set(ids))
  })
})
