import { describe, expect, test } from 'vitest'
import { statementFacts } from './cached-facts.js'

describe('a statement that reads the session', () => {
  test.each([
    'SELECT LAST_INSERT_ID()',
    'select last_insert_id ( )',
    'SELECT /* a */ LAST_INSERT_ID/* b */()',
    'SELECT `last_insert_id`()',
    'SELECT LAST_INSERT_ID(5)',
    'INSERT INTO ch SELECT LAST_INSERT_ID()',
    'INSERT INTO t VALUES (LAST_INSERT_ID(), 1)',
    'SELECT FOUND_ROWS()',
    'SELECT ROW_COUNT()',
    'SELECT CONNECTION_ID()',
    'SELECT * FROM information_schema.processlist WHERE id = CONNECTION_ID()',
    'SELECT @v',
    "SELECT @`v`, @'w'",
    'SELECT @v := 1',
    'UPDATE t SET a = @v',
    'SELECT @@identity',
    'SELECT @@session.sql_mode',
    'SELECT @@local.sql_mode',
    'SELECT @@sql_mode',
    'SELECT @@`sql_mode`',
    'SELECT @@last_insert_id',
    "SELECT GET_LOCK('a', 1)",
    "SELECT IS_USED_LOCK('a')",
    "SELECT IS_FREE_LOCK('a')",
    'SELECT NEXTVAL(s)',
    'SELECT LASTVAL(s)',
    'SELECT SETVAL(s, 1)',
    'SELECT NEXT VALUE FOR s',
    'SELECT PREVIOUS VALUE FOR s',
    'SELECT s.nextval',
    'SELECT CURRENT_ROLE',
    'SELECT CURRENT_ROLE()',
    "SELECT EXTRACTVALUE(x, '//a[$@i]')",
    'SELECT * FROM performance_schema.session_status',
    'SELECT * FROM information_schema.PROFILING',
    'SHOW WARNINGS',
    'SHOW COUNT(*) WARNINGS',
    'SHOW ERRORS LIMIT 1',
    'SHOW STATUS',
    "SHOW VARIABLES LIKE 'a'",
    'SHOW SESSION VARIABLES',
    'SHOW PROFILES',
    'SHOW GRANTS',
    'HANDLER t READ NEXT',
    'EXECUTE s',
  ])('is recognised: %s', sql => {
    expect(statementFacts(sql)).toMatchObject({ readsSession: true, resendable: false })
  })

  test.each([
    'SELECT last_insert_id, connection_id FROM t',
    "SELECT 'LAST_INSERT_ID()', 'a@v.b'",
    'SELECT 1 -- LAST_INSERT_ID()',
    'SELECT 1 /* @v */',
    'SELECT @@global.sql_mode',
    'SELECT @@version, @@hostname',
    'SELECT DATABASE(), SCHEMA(), USER(), CURRENT_USER(), CURRENT_USER',
    'SELECT NOW(), RAND(), UUID(), SLEEP(0)',
    'SHOW GLOBAL STATUS',
    'SHOW TABLE STATUS',
    'SHOW TABLES',
    'INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id)',
  ])('is not taken for one: %s', sql => {
    expect(statementFacts(sql).readsSession).toBe(false)
  })
})

describe('a locking read', () => {
  test.each([
    'SELECT * FROM t FOR UPDATE',
    'SELECT * FROM t FOR UPDATE SKIP LOCKED',
    'SELECT * FROM t FOR/* */SHARE OF t NOWAIT',
    'SELECT * FROM t LOCK IN SHARE MODE',
    'SELECT * FROM t FOR /*!UPDATE*/',
    'SELECT * FROM t /*!80000 FOR UPDATE */',
    'SELECT * FROM (SELECT * FROM t FOR UPDATE) x',
  ])('is recognised: %s', sql => {
    expect(statementFacts(sql)).toMatchObject({ locking: true, resendable: false })
  })
})

describe('baggage', () => {
  test.each([
    ["SELECT GET_LOCK('a', 1)", ['user-lock']],
    ["SELECT `get_lock`('a', 1)", ['user-lock']],
    ["DO GET_LOCK('a', 1)", ['user-lock']],
    ["INSERT INTO t SELECT GET_LOCK('a', 1)", ['user-lock']],
    ["CREATE TABLE t SELECT GET_LOCK('a', 1)", ['user-lock']],
    ["SELECT service_get_write_locks('a', 'b', 1)", ['user-lock']],
    ['SELECT @a := 1', ['user-variable']],
    ['SELECT 1 INTO @a', ['user-variable']],
    ["LOAD DATA INFILE 'x' INTO TABLE t (@a) SET b = @a", ['user-variable']],
    ['GET DIAGNOSTICS @n = NUMBER', ['user-variable']],
    ['CREATE TEMPORARY TABLE t (id INT)', ['temporary-table']],
    ['CREATE OR REPLACE TEMPORARY TABLE t AS SELECT 1', ['temporary-table']],
    ['LOCK TABLES t WRITE', ['table-lock']],
    ['FLUSH TABLES WITH READ LOCK', ['table-lock']],
    ['FLUSH TABLES t FOR EXPORT', ['table-lock']],
    ['LOCK INSTANCE FOR BACKUP', ['table-lock']],
    ["PREPARE s FROM 'SELECT 1'", ['sql-prepared-statement']],
    ['HANDLER t OPEN', ['handler']],
    ['HANDLER db.t OPEN AS h', ['handler']],
    ['CALL p()', ['opaque']],
    ['CALL p(@a)', ['user-variable', 'opaque']],
    ['EXECUTE s', ['opaque']],
    ['FROBNICATE', ['opaque']],
    ["SELECT 1; SELECT GET_LOCK('a', 1); SET @b = 1", ['user-lock', 'user-variable']],
    ['SELECT 1; CALL p()', ['opaque']],
    ['BEGIN NOT ATOMIC CALL p(); END', ['opaque']],
    ['SELECT f(1)', []],
    ['INSERT INTO t SELECT f(1)', []],
    ['SELECT 1', []],
  ] as const)('is left by %s', (sql, leaves) => {
    expect(statementFacts(sql).leaves).toEqual(leaves)
  })

  test.each([
    ['UNLOCK TABLES', ['table-lock']],
    ['SELECT RELEASE_ALL_LOCKS()', ['user-lock']],
    ['SET autocommit = 1', ['autocommit-off']],
    ["SELECT RELEASE_LOCK('a')", []],
    ['DEALLOCATE PREPARE s', []],
    ['DROP TEMPORARY TABLE t', []],
    ['UNLOCK INSTANCE', []],
    ["SELECT RELEASE_ALL_LOCKS(), GET_LOCK('a', 1)", []],
    ['UNLOCK TABLES; SELECT 1', []],
  ] as const)('is removed only as a whole: %s', (sql, clears) => {
    expect(statementFacts(sql).clears).toEqual(clears)
  })
})
