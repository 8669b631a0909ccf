import { describe, expect, test } from 'vitest'
import { leavesNothing } from './leaves-nothing.js'

describe('leavesNothing', () => {
  test.each([
    'select 1',
    '  (SELECT 1) UNION (SELECT 2);',
    '/* a */ INSERT INTO t VALUES (1)',
    "INSERT INTO t VALUES ('me@a.b; it''s', \"/*! x */\", `a;b`)",
    'UPDATE t SET a = 1 -- @a;',
    'SELECT @@version',
    'WITH a AS (SELECT 1) DELETE FROM t',
    'SHOW TABLES',
    'EXPLAIN SELECT 1',
    'SELECT a FROM t WHERE get_locks = 1',
    'SELECT f(1)',
    "SELECT 1 INTO OUTFILE 'x'",
  ])('is true of %s', sql => {
    expect(leavesNothing(sql)).toBe(true)
  })

  test.each([
    '',
    'BEGIN',
    'COMMIT',
    'SET a = 1',
    'USE a',
    'CREATE TABLE t (id INT)',
    'CALL p()',
    "DO GET_LOCK('a', 1)",
    "SELECT GET_LOCK('a', 1)",
    'SELECT RELEASE_ALL_LOCKS()',
    "SELECT `get_lock`('a', 1)",
    'SELECT Get_Lock/**/(1, 1)',
    'SELECT @a := 1',
    'SELECT 1 INTO @a',
    'SELECT 1; SET @a = 1',
    'SELECT 1;;',
    '/*! SET a = 1 */',
    'SELECT 1 /*!; SET a = 1 */',
    '/*M! SET a = 1 */',
    '(SET a = 1)',
    '(INSERT INTO t VALUES (1))',
    'ANALYZE TABLE t',
    'SELECTED @a',
    "SELECT 'a; b",
    'SELECT $$@a$$',
    "SELECT 'a\\' $$; SET @a = 1; -- '",
    "SELECT '@a",
  ])('is false of %s', sql => {
    expect(leavesNothing(sql)).toBe(false)
  })
})
