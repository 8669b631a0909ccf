import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Annotation } from '../annotation/annotation.js'
import type { Evidence, Verdict, VerdictKind } from '../classification/verdict.js'
import type { TransactionState } from '../session/session-snapshot.js'
import type { BaggageKind, StatementFacts, TransactionVerb } from '../statement/statement-facts.js'
import { decide, decisionRules } from './decide.js'
import type { DecisionInput } from './decision.js'
import { type FakeInput, fakeInput, fakeVerdict, statements } from './fake-input.js'
import { broken, invariants } from './fake-invariants.js'

const kinds: readonly VerdictKind[] = [
  'link-lost',
  'unreachable',
  'access-refused',
  'overloaded',
  'server-leaving',
  'wrong-server',
  'packet-too-large',
  'statement-stopped',
  'conflict',
  'deadline',
  'session-lost',
  'application',
  'unrelated',
]
const executions = ['no', 'yes', 'unknown'] as const
const links = ['usable', 'lost', 'wrong-server'] as const
const ends = ['kept', 'rolled-back', 'unknown'] as const
const evidences: readonly Evidence[] = [
  'refused',
  'queued-never-sent',
  'dead-before-send',
  'write-failed',
  'lost-in-prepare',
  'no-answer',
  'partial-answer',
  'answered',
]
const transactions: readonly TransactionState[] = ['none', 'clean', 'open', 'unsure', 'prepared', 'poisoned']
const verify = async (): Promise<boolean> => true
const annotations: readonly Annotation[] = [
  {},
  { idempotent: true },
  { idempotent: false },
  { retry: false },
  { idempotent: true, retry: false },
  { verify },
]
/** Changes to the usual circumstances, one at a time. */
const usual: FakeInput = {}
const circumstances: readonly FakeInput[] = [
  usual,
  { attempt: 0 },
  { attempt: 4 },
  { remainingMs: 0 },
  { budget: 'spent' },
  { delivered: true },
  { session: { baggage: ['user-lock'] } },
  { policy: { reads: 'annotated' } },
  { policy: { writes: 'annotated' } },
]

/** What the evidence lets be true of a statement. */
const fates: readonly Partial<Verdict>[] = [
  { executed: 'no', evidence: 'refused' },
  { executed: 'no', evidence: 'queued-never-sent' },
  { executed: 'no', evidence: 'write-failed' },
  { executed: 'no', evidence: 'answered' },
  { executed: 'unknown', evidence: 'no-answer' },
  { executed: 'yes', evidence: 'partial-answer' },
]

const everyVerdict = kinds.flatMap(kind =>
  links.flatMap(link => fates.map(fate => fakeVerdict({ kind, link, transaction: 'rolled-back', ...fate }))),
)
const everyLoss = everyVerdict.filter(({ link }) => link === 'lost')

function* everyInput(): Generator<DecisionInput> {
  for (const circumstance of circumstances)
    for (const annotation of circumstance === usual ? annotations : annotations.slice(0, 2))
      for (const transaction of transactions) {
        const session = { transaction, ...circumstance.session }
        const input = fakeInput({ ...circumstance, session, annotation })
        for (const facts of Object.values(statements))
          for (const verdict of circumstance === usual ? everyVerdict : everyLoss)
            yield { ...input, facts, verdict }
      }
}

const verbs = { read: 'SELECT', ddl: 'ALTER', transaction: 'XA', session: 'SET' } as const

const anyFacts: fc.Arbitrary<StatementFacts> = fc
  .record({
    kind: fc.constantFrom<StatementFacts['kind']>('read', 'write', 'ddl', 'transaction', 'session'),
    writeVerb: fc.constantFrom('INSERT', 'UPDATE', 'CALL', ''),
    transaction: fc.constantFrom<TransactionVerb>(
      ...([
        'begin',
        'commit',
        'rollback',
        'savepoint',
        'rollback-to-savepoint',
        'release-savepoint',
      ] as const),
      ...(['set-transaction', 'xa-start', 'xa-end', 'xa-prepare', 'xa-commit', 'xa-rollback'] as const),
    ),
    multiple: fc.boolean(),
    readsSession: fc.boolean(),
    locking: fc.boolean(),
    opaque: fc.boolean(),
    implicitCommit: fc.boolean(),
    leaves: fc.subarray<BaggageKind>(['user-lock', 'temporary-table', 'opaque']),
    restores: fc.subarray([{ key: 'names', sql: 'SET NAMES utf8mb4' }]),
    comment: fc.constantFrom(undefined, 'idempotent', 'no-retry', 'idempotent no-retry', 'something'),
  })
  .map(({ transaction, comment, writeVerb, ...facts }) => ({
    ...facts,
    verb: facts.kind === 'write' ? writeVerb : verbs[facts.kind],
    plainBegin: facts.kind === 'transaction' && transaction === 'begin' && !facts.multiple,
    clears: [],
    resendable:
      facts.kind === 'read' && !facts.multiple && !facts.readsSession && !facts.locking && !facts.opaque,
    ...(facts.kind === 'transaction' ? { transaction } : {}),
    ...(comment === undefined ? {} : { comment }),
  }))

const anyInput: fc.Arbitrary<DecisionInput> = fc.record({
  verdict: fc.record({
    kind: fc.constantFrom(...kinds),
    executed: fc.constantFrom(...executions),
    link: fc.constantFrom(...links),
    transaction: fc.constantFrom(...ends),
    evidence: fc.constantFrom(...evidences),
    retryable: fc.boolean(),
    rule: fc.constant('fake'),
  }),
  facts: anyFacts,
  session: fc.record({
    transaction: fc.constantFrom(...transactions),
    baggage: fc.subarray<BaggageKind>(['temporary-table', 'variable', 'autocommit-off']),
    statements: fc.nat(9),
  }),
  annotation: fc.record(
    { idempotent: fc.boolean(), retry: fc.boolean(), verify: fc.constant(verify) },
    { requiredKeys: [] },
  ),
  policy: fc.record({
    writes: fc.constantFrom('proven-unsent', 'annotated', 'exactly-once'),
    reads: fc.constantFrom('any', 'annotated', 'same-server'),
    maxAttempts: fc.integer({ min: 1, max: 5 }),
  }),
  attempt: fc.nat(6),
  delivered: fc.boolean(),
  remainingMs: fc.oneof(fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY), fc.integer()),
  budget: fc.constantFrom('available', 'spent'),
})

const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze)
  return value
}

describe('decide', () => {
  test('every invariant holds for every combination of what can be listed', () => {
    const violations = new Map<string, DecisionInput>()
    let combinations = 0
    for (const input of everyInput()) {
      combinations += 1
      const decision = decide(input)
      for (const { says, holds } of invariants) if (!holds(input, decision)) violations.set(says, input)
    }
    expect(Object.fromEntries(violations)).toEqual({})
    expect(combinations).toBeGreaterThan(400_000)
  })

  test('every invariant holds for any input', () => {
    fc.assert(
      fc.property(anyInput, input => {
        expect(broken(input, decide(input))).toEqual([])
      }),
      { numRuns: 5_000 },
    )
  })

  test('every rule has a name of its own', () => {
    expect(new Set(decisionRules.map(({ id }) => id)).size).toBe(decisionRules.length)
  })

  test('the same input always gives the same decision, and stays as it was', () => {
    fc.assert(
      fc.property(anyInput, input => {
        const frozen = deepFreeze(structuredClone({ ...input, annotation: {} }))
        expect(decide(frozen)).toEqual(decide({ ...input, annotation: {} }))
      }),
      { numRuns: 1_000 },
    )
  })
})
