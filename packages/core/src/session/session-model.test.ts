import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { statementFacts } from '../statement/cached-facts.js'
import { leavesNothing } from '../statement/leaves-nothing.js'
import { FakeServer } from './fake-server.js'
import { SessionTracker } from './session-tracker.js'

const statements = [
  'BEGIN',
  'START TRANSACTION READ ONLY',
  'COMMIT',
  'ROLLBACK',
  'COMMIT AND CHAIN',
  'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE',
  'SAVEPOINT a',
  'INSERT INTO t VALUES (1)',
  'SELECT * FROM t',
  'SELECT 1',
  'CREATE TABLE x (id INT)',
  'CREATE TEMPORARY TABLE x (id INT)',
  "SELECT GET_LOCK('a', 1)",
  'LOCK TABLES t READ',
  'UNLOCK TABLES',
  'SET @a = 1',
  'SET autocommit=0',
  'SET autocommit=1',
  "SET time_zone = '+01:00'",
  "SET time_zone = '+02:00'",
  "SET SESSION sql_mode = 'ANSI_QUOTES'",
  'SET unique_checks = 0',
  'SET NAMES latin1 COLLATE latin1_bin',
  'SET NAMES utf8mb4',
  'SET character_set_results = NULL',
  'USE second',
  'USE `first`',
] as const

const hidden = [
  'BEGIN',
  'COMMIT',
  "SET time_zone = '+03:00'",
  "SELECT GET_LOCK('b', 1)",
  'USE third',
] as const

const fate = fc.constantFrom('ok', 'ok', 'ok', 'fails', 'deadlock')

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ sql: fc.constantFrom<string>(...statements), fate, body: fc.constant([]) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ sql: fc.constant('CALL p()'), fate, body: fc.subarray<string>([...hidden]) }),
  },
  { weight: 1, arbitrary: fc.constant('ping') },
  { weight: 1, arbitrary: fc.constant('reset') },
  { weight: 1, arbitrary: fc.constant('loss') },
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Lets the server run a step and tells the tracker of it, as a link does. True if the server has said what its state is. */
const take = (
  server: FakeServer,
  tracker: SessionTracker,
  taken: Exclude<Step, 'reset' | 'loss'>,
): boolean => {
  const answer = taken === 'ping' ? server.ping() : server.run(taken.sql, taken.fate, taken.body)
  for (const flags of answer.flags) tracker.statusFlags(flags)
  if (taken === 'ping') return true
  if (answer.change !== undefined) tracker.stateChanged(answer.change)
  const plain = leavesNothing(taken.sql)
  if (answer.isError) tracker.errorAnswered(plain ? undefined : statementFacts(taken.sql))
  else if (plain) tracker.statementCompleted()
  else tracker.noteStatement(statementFacts(taken.sql), taken.sql)
  return !answer.isError
}

const restoredFrom = (tracker: SessionTracker): FakeServer => {
  const server = new FakeServer()
  for (const sql of tracker.restoreStatements()) server.run(sql)
  return server
}

/** Whether the engine gives this session another link. */
const isReplaceable = (tracker: SessionTracker): boolean => {
  const { transaction, baggage } = tracker.snapshot()
  return baggage.length === 0 && (transaction === 'none' || transaction === 'clean')
}

const check = (server: FakeServer, tracker: SessionTracker, isTold: boolean): void => {
  const { transaction, baggage, statements: done } = tracker.snapshot()
  if (transaction === 'none') expect(server.isInTransaction).toBe(false)
  if (isTold) expect(transaction !== 'none').toBe(server.isInTransaction)
  if (transaction === 'clean') expect(server).toMatchObject({ isInTransaction: true, statements: 0 })
  if (transaction === 'none') expect(done).toBe(0)
  if (baggage.length > 0) return
  expect(server.isIrreplaceable).toBe(false)
  if (isReplaceable(tracker)) {
    expect(restoredFrom(tracker).restorable).toEqual(server.restorable)
  }
}

describe('a tracker that is told what a link is told', () => {
  test('knows when there is a transaction, what can not be restored, and restores the rest', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), steps => {
        let server = new FakeServer()
        const tracker = new SessionTracker()
        for (const taken of steps) {
          if (taken === 'reset') {
            server = new FakeServer()
            tracker.resetDone('change-user')
          } else if (taken === 'loss') {
            if (!isReplaceable(tracker)) return
            tracker.linkLost()
            server = restoredFrom(tracker)
          } else check(server, tracker, take(server, tracker, taken))
        }
      }),
      { numRuns: 3_000 },
    )
  })
})
