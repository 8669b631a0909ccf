import { describe, expect, test } from 'vitest'
import { statementFacts } from './cached-facts.js'

describe('a change of the session that can be repeated', () => {
  test.each([
    ['SET NAMES utf8mb4', { names: 'SET NAMES utf8mb4' }],
    ["SET NAMES 'utf8mb4' COLLATE 'utf8mb4_bin'", { names: "SET NAMES 'utf8mb4' COLLATE 'utf8mb4_bin'" }],
    ['SET NAMES DEFAULT', { names: 'SET NAMES DEFAULT' }],
    ["SET time_zone = '+00:00'", { time_zone: "SET SESSION time_zone = '+00:00'" }],
    ["set session Time_Zone := '+00:00';", { time_zone: "SET SESSION time_zone = '+00:00'" }],
    ['SET @@session.sql_mode = ANSI', { sql_mode: 'SET SESSION sql_mode = ANSI' }],
    ['SET @@local.wait_timeout=5', { wait_timeout: 'SET SESSION wait_timeout = 5' }],
    ['SET @@wait_timeout=5', { wait_timeout: 'SET SESSION wait_timeout = 5' }],
    ['SET `wait_timeout`=-5', { wait_timeout: 'SET SESSION wait_timeout = -5' }],
    ['SET sql_mode = ""', { sql_mode: "SET SESSION sql_mode = ''" }],
    ['SET sql_mode = DEFAULT', { sql_mode: 'SET SESSION sql_mode = DEFAULT' }],
    ['SET FOREIGN_KEY_CHECKS = 0;', { foreign_key_checks: 'SET SESSION foreign_key_checks = 0' }],
    ['/*!40101 SET NAMES utf8 */', { names: 'SET NAMES utf8' }],
    [
      "SET SESSION sql_mode = 'ANSI', time_zone = SYSTEM, NAMES latin1",
      {
        sql_mode: "SET SESSION sql_mode = 'ANSI'",
        time_zone: 'SET SESSION time_zone = SYSTEM',
        names: 'SET NAMES latin1',
      },
    ],
    ['SET a = 1, b = 2, a = 3', { b: 'SET SESSION b = 2', a: 'SET SESSION a = 3' }],
    ['USE shop', { schema: 'USE `shop`' }],
    ['use `my shop`', { schema: 'USE `my shop`' }],
    [
      'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
      { transaction_isolation: 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED' },
    ],
    [
      'set local transaction isolation level serializable, read only',
      {
        transaction_isolation: 'SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE',
        transaction_read_only: 'SET SESSION TRANSACTION READ ONLY',
      },
    ],
    [
      "SET tx_isolation = 'SERIALIZABLE'",
      { transaction_isolation: "SET SESSION tx_isolation = 'SERIALIZABLE'" },
    ],
    ['SET ROLE admin', { role: 'SET ROLE admin' }],
  ])('is split and rewritten: %s', (sql, restores) => {
    const facts = statementFacts(sql)
    expect(facts).toMatchObject({ kind: 'session', leaves: [], clears: [], opaque: false })
    expect(facts.restores).toEqual(Object.entries(restores).map(([key, text]) => ({ key, sql: text })))
  })

  test('means the same when it is analysed again', () => {
    for (const sql of [
      'SET NAMES \'a\' COLLATE b, x = "y", @@session.z = -1.5',
      'USE `a b`',
      'SET SESSION TRANSACTION READ ONLY',
    ]) {
      for (const change of statementFacts(sql).restores) {
        expect(statementFacts(change.sql).restores).toEqual([change])
      }
    }
  })
})

describe('a change of the session that can not be repeated', () => {
  test.each([
    ['SET timestamp = 5', ['variable']],
    ['SET SESSION insert_id = 5', ['variable']],
    ['SET last_insert_id = 5', ['variable']],
    ['SET identity = 5', ['variable']],
    ['SET rand_seed1 = 5, rand_seed2 = 6', ['variable']],
    ['SET pseudo_thread_id = 5', ['variable']],
    ["SET gtid_next = 'AUTOMATIC'", ['variable']],
    ["SET optimizer_switch = 'mrr=on'", ['variable']],
    ['SET sql_auto_is_null = 1', ['variable']],
    ["SET sql_mode = 'it''s'", ['variable', 'opaque']],
    ["SET sql_mode = 'a\\\\b'", ['variable', 'opaque']],
    ["SET sql_mode = CONCAT(@@sql_mode, ',ANSI')", ['opaque', 'variable']],
    ["SET SESSION sql_mode = (SELECT REPLACE(@@sql_mode, 'A', ''))", ['opaque', 'variable']],
    ['SET sql_mode = @@global.sql_mode', ['opaque', 'variable']],
    ['SET time_zone = @old', ['opaque', 'variable']],
    ['SET time_zone = ?', ['opaque', 'variable']],
    ['SET x = y + 1', ['opaque', 'variable']],
    ['SET x = CURRENT_TIMESTAMP', ['opaque', 'variable']],
    ['SET x = `y`', ['opaque', 'variable']],
    ['SET x.y = 1', ['variable']],
    ['SET @@transaction_isolation = SERIALIZABLE', ['variable']],
    ['SET NAMES ?', ['variable', 'opaque']],
    ['SET CHARACTER SET utf8', ['variable']],
    ['SET CHARSET utf8', ['variable']],
    ['SET RESOURCE GROUP x', ['variable']],
    ["SET ROLE 'a'@'b'", ['variable']],
    ['SET GLOBAL a = 1, b = 2', ['variable']],
    ['SET @v = 1', ['user-variable']],
    ['SET @v = @w + 1, @`x` := f(1)', ['user-variable']],
    ['SET autocommit = 0', ['autocommit-off']],
    ["SET SESSION autocommit = 'OFF'", ['autocommit-off']],
    ['SET @@autocommit = FALSE', ['autocommit-off']],
    ['SET autocommit = DEFAULT', ['autocommit-off']],
    ['SET autocommit = @a', ['opaque', 'autocommit-off']],
    ['USE "a"', ['schema']],
    ['USE ?', ['schema']],
    ['SET x', ['opaque']],
    ['SET x =', ['opaque']],
    ['SET', ['opaque']],
    ['SET OPTION x = 1', ['opaque']],
  ] as const)('leaves baggage: %s', (sql, leaves) => {
    const facts = statementFacts(sql)
    expect([...facts.leaves].toSorted()).toEqual([...leaves].toSorted())
    expect(facts.restores).toEqual([])
    expect(facts.resendable).toBe(false)
  })

  test('takes an earlier value of the same variable with it', () => {
    const facts = statementFacts(
      "SET sql_mode = 'ANSI', sql_mode = CONCAT(@@sql_mode, ',x'), time_zone = SYSTEM",
    )
    expect(facts.restores.map(({ key }) => key)).toEqual(['time_zone'])
    expect(facts.leaves).toContain('variable')
  })

  test('can stand beside one that can', () => {
    const facts = statementFacts('SET @a = 1, NAMES utf8, autocommit = 1')
    expect(facts.leaves).toEqual(['user-variable'])
    expect(facts.restores).toEqual([{ key: 'names', sql: 'SET NAMES utf8' }])
    expect(facts.clears).toEqual(['autocommit-off'])
  })
})

describe('a change of the server', () => {
  test.each([
    'SET GLOBAL x = 1',
    'SET @@global.x = 1',
    'SET PERSIST x = 1',
    'SET PERSIST_ONLY x = 1',
    'SET @@persist.x = 1',
    'SET GLOBAL TRANSACTION READ ONLY',
    'SET GLOBAL autocommit = 0',
  ])('is a write that leaves nothing in the session: %s', sql => {
    expect(statementFacts(sql)).toMatchObject({ kind: 'write', leaves: [], restores: [], clears: [] })
  })
})

describe('SET STATEMENT', () => {
  test('is what it runs, and never sent again', () => {
    expect(statementFacts('SET STATEMENT max_statement_time = 1 FOR SELECT 1')).toMatchObject({
      kind: 'read',
      multiple: true,
      resendable: false,
      leaves: [],
    })
    expect(statementFacts("SET STATEMENT a = 1, b = substring('x' from 1 for 2) FOR CALL p()")).toMatchObject(
      {
        kind: 'write',
        opaque: true,
        leaves: ['opaque'],
      },
    )
    expect(statementFacts('SET STATEMENT a = 1 FOR DROP TABLE t')).toMatchObject({
      kind: 'write',
      implicitCommit: true,
    })
    expect(statementFacts('SET STATEMENT a = 1 FOR SET b = 1').leaves).toEqual(['variable'])
    expect(statementFacts('SET STATEMENT a = 1').leaves).toEqual(['opaque'])
  })
})
