import { describe, expect, test } from 'vitest'
import { decide } from './decide.js'
import { clean, type DecisionCase, deadline, fail, leavingUsable, reopened, resent } from './fake-case.js'
import { fakeInput, statements, verdicts } from './fake-input.js'
import { allowingRules, forbiddingRules } from './resend-rules.js'

const { answerBegun, deadBeforeSend, queued, writeFailed, unreachable, readOnly } = verdicts
const { read, commit, begin } = statements

const forbidden: readonly DecisionCase[] = [
  [
    'a read past its deadline is not resent',
    'deadline-passed',
    { verdict: deadline, facts: read },
    fail('lost-connection', 'unknown'),
  ],
  [
    'a write past its deadline is in doubt',
    'deadline-passed',
    { verdict: deadline, annotation: { idempotent: true } },
    fail('outcome-unknown', 'unknown'),
  ],
  [
    'a final verdict is not tried again',
    'final',
    { verdict: { ...writeFailed, retryable: false } },
    fail('lost-connection', 'no'),
  ],
  [
    'retry: false holds for a read',
    'retry-forbidden',
    { facts: read, annotation: { retry: false } },
    fail('lost-connection', 'unknown'),
  ],
  [
    'retry: false holds for what was provably not executed',
    'retry-forbidden',
    { verdict: writeFailed, annotation: { retry: false } },
    fail('lost-connection', 'no'),
  ],
  [
    'no-retry in a comment counts as the option',
    'retry-forbidden',
    { facts: statements.commentedRead },
    fail('lost-connection', 'unknown'),
  ],
  [
    'rows that were delivered never start over',
    'delivered',
    { facts: read, delivered: true },
    fail('lost-connection', 'unknown'),
  ],
  [
    'a declared write with delivered rows does not start over',
    'delivered',
    { delivered: true, annotation: { idempotent: true } },
    fail('outcome-unknown', 'unknown'),
  ],
  [
    'an outage that outlasts the deadline is an unavailable database',
    'time-spent',
    { verdict: unreachable, remainingMs: 0 },
    fail('database-unavailable', 'no'),
  ],
  [
    'an unsent statement out of time was not executed',
    'time-spent',
    { verdict: deadBeforeSend, attempt: 0, remainingMs: -1 },
    fail('lost-connection', 'no'),
  ],
  ['a read out of time', 'time-spent', { facts: read, remainingMs: 0 }, fail('lost-connection', 'unknown')],
  [
    'a read that lost its link each time',
    'attempts-spent',
    { facts: read, attempt: 4 },
    fail('lost-connection', 'unknown'),
  ],
  [
    'a server that left each time is an unavailable database',
    'attempts-spent',
    { verdict: { ...readOnly, kind: 'server-leaving' }, attempt: 4 },
    fail('database-unavailable', 'no'),
  ],
  [
    'a write that every server refused ends in the word of the last one',
    'refused-to-the-end',
    { verdict: readOnly, attempt: 4 },
    { action: 'return' },
  ],
  [
    'a write that was refused until its time was over',
    'refused-to-the-end',
    { verdict: readOnly, attempt: 2, remainingMs: 0 },
    { action: 'return' },
  ],
  [
    'writes: annotated trusts no proof',
    'write-undeclared',
    { verdict: writeFailed, policy: { writes: 'annotated' } },
    fail('lost-connection', 'no'),
  ],
]

const allowed: readonly DecisionCase[] = [
  [
    'the first statement after BEGIN is resent with its transaction',
    'clean-transaction',
    { session: clean, verdict: deadBeforeSend },
    reopened,
  ],
  [
    'an unsent COMMIT of an empty transaction is sent with its transaction',
    'clean-transaction',
    { session: clean, facts: commit, verdict: queued },
    reopened,
  ],
  [
    'a statement refused by a read-only server right after BEGIN goes to another',
    'clean-transaction',
    { session: clean, verdict: readOnly },
    reopened,
  ],
  ['a write that was never sent is sent', 'unexecuted', { verdict: deadBeforeSend, attempt: 0 }, resent],
  [
    'a write of which the kernel took only a part is resent',
    'unexecuted',
    { verdict: writeFailed, budget: 'spent' },
    resent,
  ],
  ['a write refused by a read-only server goes to another', 'unexecuted', { verdict: readOnly }, resent],
  [
    'a statement that a server in motion did not run goes to another link',
    'unexecuted',
    { verdict: leavingUsable },
    resent,
  ],
  [
    'while the server is unreachable attempts do not count',
    'unexecuted',
    { verdict: unreachable, attempt: 99 },
    resent,
  ],
  [
    'retry: false lets a statement be sent once',
    'unexecuted',
    { verdict: queued, attempt: 0, annotation: { retry: false } },
    resent,
  ],
  [
    'reads: annotated resends a read that did not run',
    'unexecuted',
    { verdict: writeFailed, facts: read, policy: { reads: 'annotated' } },
    resent,
  ],
  [
    'writes: annotated sends what was never handed over',
    'unexecuted',
    { verdict: deadBeforeSend, policy: { writes: 'annotated' } },
    resent,
  ],
  [
    'writes: annotated resends a declared write',
    'unexecuted',
    { verdict: writeFailed, policy: { writes: 'annotated' }, annotation: { idempotent: true } },
    resent,
  ],
  [
    'a spent budget keeps a read from being resent',
    'budget-spent',
    { facts: read, budget: 'spent' },
    fail('lost-connection', 'unknown'),
  ],
  ['BEGIN lost in flight is resent', 'ends-with-link', { facts: begin }, resent],
  ['SET NAMES lost in flight is resent', 'ends-with-link', { facts: statements.setNames }, resent],
  ['a read lost in flight is resent', 'read-again', { facts: read }, resent],
  [
    'a read whose answer had begun is resent while no row was delivered',
    'read-again',
    { facts: read, verdict: answerBegun },
    resent,
  ],
  [
    'reads: same-server leaves the comparison to the link',
    'read-again',
    { facts: read, policy: { reads: 'same-server' } },
    resent,
  ],
  ['a declared write is resent', 'declared-idempotent', { annotation: { idempotent: true } }, resent],
  [
    'a write declared in a comment is resent',
    'declared-idempotent',
    { facts: statements.commentedWrite },
    resent,
  ],
  [
    'a declared read is resent under reads: annotated',
    'declared-idempotent',
    { facts: read, policy: { reads: 'annotated' }, annotation: { idempotent: true } },
    resent,
  ],
  [
    'a write that can be looked up is verified',
    'verify',
    { annotation: { verify: async () => true } },
    { action: 'verify' },
  ],
  ['a write in flight is in doubt', 'in-doubt', {}, fail('outcome-unknown', 'unknown')],
  [
    'an explicit idempotent: false outweighs a comment',
    'in-doubt',
    { facts: statements.commentedWrite, annotation: { idempotent: false } },
    fail('outcome-unknown', 'unknown'),
  ],
  [
    'a write whose answer had begun is known to have run',
    'in-doubt',
    { verdict: answerBegun, annotation: { verify: async () => true } },
    fail('lost-connection', 'yes'),
  ],
  [
    'a locking read is in doubt',
    'in-doubt',
    { facts: statements.lockingRead },
    fail('outcome-unknown', 'unknown'),
  ],
  [
    'reads: annotated does not resend an undeclared read',
    'in-doubt',
    { facts: read, policy: { reads: 'annotated' } },
    fail('lost-connection', 'unknown'),
  ],
  [
    'a COMMIT with nothing open wrote nothing',
    'in-doubt',
    { facts: commit },
    fail('lost-connection', 'unknown'),
  ],
  [
    'an XA COMMIT of a recovered branch is in doubt',
    'in-doubt',
    { facts: statements.xaCommit },
    fail('outcome-unknown', 'unknown'),
  ],
]

const cases = [...forbidden, ...allowed]

describe('sending again', () => {
  test.each(cases)('%s (%s)', (_fact, rule, input, decision) => {
    expect(decide(fakeInput(input))).toEqual({ ...decision, reason: rule })
  })

  test('every rule has a case', () => {
    const ids = [...forbiddingRules, ...allowingRules].map(({ id }) => id)
    expect(new Set(cases.map(([, rule]) => rule))).toEqual(new Set(ids))
  })
})
