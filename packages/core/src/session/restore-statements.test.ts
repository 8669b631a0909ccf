import { describe, expect, test } from 'vitest'
import { AUTO, AUTO_IN_TRANSACTION, FakeSession, MANUAL } from './fake-session.js'
import type { SessionChange } from './session-change.js'

type Step = (session: FakeSession) => unknown

const variables = (some: Readonly<Record<string, string>>): SessionChange => ({
  variables: new Map(Object.entries(some)),
})
const latin1 = variables({
  character_set_client: 'latin1',
  character_set_connection: 'latin1',
  character_set_results: 'latin1',
})

const cases: readonly (readonly [fact: string, step: Step, statements: readonly string[]])[] = [
  ['a new session needs nothing', () => {}, []],
  [
    'the last setting counts',
    s => s.ok("SET time_zone = '+01:00'").ok("SET time_zone = '+02:00'"),
    ["SET SESSION time_zone = '+02:00'"],
  ],
  [
    'role, schema, character set and sql_mode come first',
    s =>
      s
        .ok('SET wait_timeout = 9')
        .ok("SET sql_mode = ''")
        .ok('SET NAMES latin1')
        .ok('USE d')
        .ok('SET ROLE r')
        .ok('SET unique_checks = 0'),
    [
      'SET ROLE r',
      'USE `d`',
      'SET NAMES latin1',
      "SET SESSION sql_mode = ''",
      'SET SESSION wait_timeout = 9',
      'SET SESSION unique_checks = 0',
    ],
  ],
  ['a failed statement sets nothing', s => s.err("SET time_zone = '+01:00'"), []],
  [
    'the value that the server reports holds against the text',
    s => s.ok("SET time_zone = 'europe/berlin'", AUTO, variables({ time_zone: 'Europe/Berlin' })),
    ["SET SESSION time_zone = 'Europe/Berlin'"],
  ],
  [
    'what a procedure has set is restored by value',
    s => s.ok('CALL p()', AUTO, variables({ sql_mode: "A,B'", max_join_size: '18446744073709551615' })),
    ["SET SESSION sql_mode = 'A,B'''", 'SET SESSION max_join_size = 18446744073709551615'],
  ],
  [
    'a reported value with a backslash reads the same in every sql_mode',
    s => s.ok('SELECT 1', AUTO, variables({ init_connect: 'é\\' })),
    ["SET SESSION init_connect = CONVERT(X'c3a95c' USING utf8mb4)"],
  ],
  [
    'no character set is NULL',
    s => s.ok('SET character_set_results = NULL', AUTO, variables({ character_set_results: '' })),
    ['SET SESSION character_set_results = NULL'],
  ],
  [
    'a variable has one statement, whatever name the server has for it',
    s =>
      s
        .ok("SET transaction_isolation = 'SERIALIZABLE'")
        .ok('SELECT 1', AUTO, variables({ tx_isolation: 'READ-COMMITTED' })),
    ["SET SESSION tx_isolation = 'READ-COMMITTED'"],
  ],
  [
    'SET NAMES keeps its collation',
    s => s.ok('SET NAMES latin1 COLLATE latin1_bin', AUTO, latin1),
    ['SET NAMES latin1 COLLATE latin1_bin'],
  ],
  [
    'SET NAMES outweighs what was set before it',
    s => s.ok('SET character_set_results = NULL').ok('SET NAMES latin1', AUTO, latin1),
    ['SET NAMES latin1'],
  ],
  [
    'and not what is set after it',
    s => s.ok('SET NAMES latin1, character_set_results = NULL', AUTO, latin1),
    ['SET NAMES latin1', 'SET SESSION character_set_results = NULL'],
  ],
  ['USE is restored by what the server reports', s => s.ok('USE d', AUTO, { schema: 'D`x' }), ['USE `D``x`']],
  [
    'COM_INIT_DB and a USE in a procedure are restored as well',
    s => s.ok('CALL p()', AUTO, { schema: 'd' }),
    ['USE `d`'],
  ],
  ['a dropped schema is not', s => s.ok('USE d').ok('DROP DATABASE d', AUTO, { schema: '' }), []],
  [
    'one-shot and read-only variables are not',
    s =>
      s.ok(
        'SELECT 1',
        AUTO,
        variables({
          timestamp: '1',
          insert_id: '2',
          last_gtid: '0-1-2',
          statement_id: '3',
          autocommit: 'OFF',
        }),
      ),
    [],
  ],
  [
    'SET TRANSACTION is repeated for the next transaction',
    s =>
      s
        .ok('SET TRANSACTION READ ONLY')
        .ok('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE')
        .ok('SET TRANSACTION READ ONLY'),
    ['SET TRANSACTION ISOLATION LEVEL SERIALIZABLE', 'SET TRANSACTION READ ONLY'],
  ],
  [
    'a SET between it and its transaction does not use it up',
    s => s.ok('SET TRANSACTION READ ONLY').ok('SET unique_checks = 0'),
    ['SET SESSION unique_checks = 0', 'SET TRANSACTION READ ONLY'],
  ],
  ['COMMIT discards it', s => s.ok('SET TRANSACTION READ ONLY').ok('SELECT * FROM t').ok('COMMIT'), []],
  [
    'without autocommit the next statement takes it',
    s => s.ok('SET TRANSACTION READ ONLY').ok('SELECT * FROM t', AUTO_IN_TRANSACTION),
    [],
  ],
  ['a failed SET TRANSACTION announces nothing', s => s.err('SET TRANSACTION READ ONLY'), []],
  [
    'a clean transaction is opened again as it was',
    s =>
      s
        .ok('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE')
        .ok('START TRANSACTION READ WRITE', AUTO_IN_TRANSACTION),
    ['SET TRANSACTION ISOLATION LEVEL SERIALIZABLE', 'START TRANSACTION READ WRITE'],
  ],
  [
    'a transaction that is not clean is not opened again',
    s => s.ok('BEGIN', AUTO_IN_TRANSACTION).ok('SELECT 1', AUTO_IN_TRANSACTION),
    [],
  ],
  [
    'a clean one that was lost is not opened again',
    s => {
      s.ok('BEGIN', AUTO_IN_TRANSACTION).tracker.poison('rolled-back')
    },
    [],
  ],
  [
    'nor one that was rolled back',
    s => s.ok('SET TRANSACTION READ ONLY').ok('BEGIN', AUTO_IN_TRANSACTION).tracker.rolledBack(),
    [],
  ],
  [
    'autocommit is switched on where the server has it off',
    s => {
      s.tracker.linkOpened(MANUAL)
      s.ok('SET autocommit=1', AUTO)
    },
    ['SET autocommit = 1'],
  ],
  [
    'after COM_RESET_CONNECTION only the schema is left',
    s => s.ok('USE d').ok('SET NAMES latin1').ok('SET TRANSACTION READ ONLY').tracker.resetDone('reset'),
    ['USE `d`'],
  ],
  [
    'after COM_CHANGE_USER nothing is left',
    s => s.ok('USE d').ok('SET NAMES latin1').tracker.resetDone('change-user'),
    [],
  ],
  [
    'what was given up does not keep the rest from being restored',
    s => s.ok('SET NAMES latin1').ok('SET @a = 1').tracker.stateGivenUp(),
    ['SET NAMES latin1'],
  ],
]

describe('a new link is given', () => {
  test.each(cases)('%s', (_fact, step, statements) => {
    const session = new FakeSession()
    step(session)
    expect(session.restored).toEqual(statements)
  })
})
