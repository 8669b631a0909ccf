import type { Verdict } from '../classification/verdict.js'
import type { SessionSnapshot } from '../session/session-snapshot.js'
import type { StatementFacts } from '../statement/statement-facts.js'
import type { DecisionInput } from './decision.js'

/** Statement facts for tests: a plain INSERT, but for what is given. */
export const fakeFacts = (some: Partial<StatementFacts> = {}): StatementFacts => ({
  kind: 'write',
  verb: 'INSERT',
  plainBegin: false,
  multiple: false,
  readsSession: false,
  locking: false,
  opaque: false,
  implicitCommit: false,
  leaves: [],
  restores: [],
  clears: [],
  resendable: false,
  ...some,
})

const control = (transaction: NonNullable<StatementFacts['transaction']>, verb: string): StatementFacts =>
  fakeFacts({ kind: 'transaction', verb, transaction })

type StatementName =
  | 'read'
  | 'sessionRead'
  | 'lockingRead'
  | 'opaqueRead'
  | 'insert'
  | 'call'
  | 'unknown'
  | 'ddl'
  | 'temporaryTable'
  | 'begin'
  | 'beginWithSnapshot'
  | 'commit'
  | 'rollback'
  | 'rollbackAndMore'
  | 'rollbackToSavepoint'
  | 'savepoint'
  | 'setTransaction'
  | 'xaStart'
  | 'xaEnd'
  | 'xaPrepare'
  | 'xaCommit'
  | 'xaRollback'
  | 'setNames'
  | 'setVariable'
  | 'autocommitOn'
  | 'several'
  | 'commentedWrite'
  | 'commentedRead'

/** One statement of each sort that decisions tell apart. */
export const statements: Readonly<Record<StatementName, StatementFacts>> = {
  read: fakeFacts({ kind: 'read', verb: 'SELECT', resendable: true }),
  sessionRead: fakeFacts({ kind: 'read', verb: 'SELECT', readsSession: true }),
  lockingRead: fakeFacts({ kind: 'read', verb: 'SELECT', locking: true }),
  opaqueRead: fakeFacts({ kind: 'read', verb: 'SELECT', opaque: true }),
  insert: fakeFacts(),
  call: fakeFacts({ verb: 'CALL', opaque: true, leaves: ['opaque'] }),
  unknown: fakeFacts({ verb: '' }),
  ddl: fakeFacts({ kind: 'ddl', verb: 'ALTER', implicitCommit: true }),
  temporaryTable: fakeFacts({ kind: 'ddl', verb: 'CREATE', leaves: ['temporary-table'] }),
  begin: { ...control('begin', 'START'), plainBegin: true, implicitCommit: true },
  beginWithSnapshot: { ...control('begin', 'START'), implicitCommit: true },
  commit: control('commit', 'COMMIT'),
  rollback: control('rollback', 'ROLLBACK'),
  rollbackAndMore: { ...control('rollback', 'ROLLBACK'), multiple: true },
  rollbackToSavepoint: control('rollback-to-savepoint', 'ROLLBACK'),
  savepoint: control('savepoint', 'SAVEPOINT'),
  setTransaction: control('set-transaction', 'SET'),
  xaStart: control('xa-start', 'XA'),
  xaEnd: control('xa-end', 'XA'),
  xaPrepare: control('xa-prepare', 'XA'),
  xaCommit: control('xa-commit', 'XA'),
  xaRollback: control('xa-rollback', 'XA'),
  setNames: fakeFacts({
    kind: 'session',
    verb: 'SET',
    restores: [{ key: 'names', sql: 'SET NAMES utf8mb4' }],
  }),
  setVariable: fakeFacts({ kind: 'session', verb: 'SET', leaves: ['user-variable'] }),
  autocommitOn: fakeFacts({ kind: 'session', verb: 'SET', implicitCommit: true }),
  several: fakeFacts({ multiple: true }),
  commentedWrite: fakeFacts({ verb: 'UPDATE', comment: 'idempotent' }),
  commentedRead: fakeFacts({ kind: 'read', verb: 'SELECT', resendable: true, comment: 'no-retry' }),
}

export const fakeVerdict = (some: Partial<Verdict> = {}): Verdict => ({
  kind: 'link-lost',
  executed: 'unknown',
  link: 'lost',
  transaction: 'unknown',
  evidence: 'no-answer',
  retryable: true,
  rule: 'fake',
  ...some,
})

type VerdictName =
  | 'inFlight'
  | 'answerBegun'
  | 'deadBeforeSend'
  | 'queued'
  | 'writeFailed'
  | 'unreachable'
  | 'readOnly'

/** Verdicts that occur again and again. */
export const verdicts: Readonly<Record<VerdictName, Verdict>> = {
  inFlight: fakeVerdict(),
  answerBegun: fakeVerdict({ executed: 'yes', evidence: 'partial-answer' }),
  deadBeforeSend: fakeVerdict({ executed: 'no', evidence: 'dead-before-send', transaction: 'rolled-back' }),
  queued: fakeVerdict({ executed: 'no', evidence: 'queued-never-sent', transaction: 'rolled-back' }),
  writeFailed: fakeVerdict({ executed: 'no', evidence: 'write-failed', transaction: 'rolled-back' }),
  unreachable: fakeVerdict({ kind: 'unreachable', executed: 'no', evidence: 'refused' }),
  readOnly: fakeVerdict({
    kind: 'wrong-server',
    executed: 'no',
    link: 'wrong-server',
    transaction: 'rolled-back',
    evidence: 'answered',
  }),
}

/** What a test gives of a decision's input; the rest is an in-flight loss outside a transaction on the first attempt. */
export interface FakeInput extends Partial<Omit<DecisionInput, 'session' | 'policy'>> {
  readonly session?: Partial<SessionSnapshot>
  readonly policy?: Partial<DecisionInput['policy']>
}

export const fakeInput = ({ session, policy, ...some }: FakeInput = {}): DecisionInput => ({
  verdict: verdicts.inFlight,
  facts: statements.insert,
  session: { transaction: 'none', baggage: [], statements: 0, ...session },
  annotation: {},
  policy: { writes: 'proven-unsent', reads: 'any', maxAttempts: 4, ...policy },
  attempt: 1,
  delivered: false,
  remainingMs: 5_000,
  budget: 'available',
  ...some,
})
