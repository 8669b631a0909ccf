import { describe, expect, test } from 'vitest'
import { builtInFunctions } from './built-in-functions.js'
import { statementFacts } from './cached-facts.js'
import { lockFunctions, sessionFunctions, unlockFunctions } from './session-functions.js'

describe('a call whose effects are out of sight', () => {
  test.each([
    'SELECT f(1)',
    'SELECT f ()',
    'SELECT f/* */(1)',
    'SELECT f\n(1)',
    'SELECT `f`(1)',
    'SELECT "f"(1)',
    'SELECT db.f(1)',
    'SELECT db.count(1)',
    'SELECT `db`.`now`()',
    'SELECT `count`(1)',
    'SELECT count (1)',
    'SELECT now ()',
    'SELECT sum/* */(a) FROM t',
    'SELECT lateral(1)',
    'SELECT array(1)',
    'SELECT 1 + f(1)',
    'SELECT a FROM t WHERE f(a)',
    'SELECT DISTINCT f(a) FROM t',
    'SELECT CASE WHEN f(1) THEN 1 END',
    'SELECT MAX(f(a)) FROM t',
    'SELECT * FROM t ORDER BY f(a)',
    'SELECT * FROM (SELECT f(a) FROM t) x',
    'WITH x AS (SELECT f(1)) SELECT * FROM x',
    'SELECT * FROM t JOIN u ON f(t.a)',
    'SELECT * FROM t LIMIT 1 PROCEDURE ANALYSE()',
    'SELECT /*!80000 f(1), */ 1',
    'SELECT /*M! f(1), */ 1',
    'EXPLAIN SELECT * FROM (SELECT f(1)) x',
    'SELECT {fn f(1)}',
    'SHOW TABLES WHERE f(1)',
    'SELECT déjà(1)',
    'SELECT ﬁeld(1)',
    'SELECT IF(f(1), 2, 3)',
    'SELECT a FROM t WHERE b IN (f(1))',
    'SELECT a, f(SELECT_1) FROM t',
    'SELECT sys_exec(1)',
    'TABLE t ORDER BY f(1)',
    'VALUES ROW(f(1))',
  ])('keeps a read from being sent again: %s', sql => {
    expect(statementFacts(sql)).toMatchObject({ kind: 'read', opaque: true, resendable: false })
  })

  test.each([
    'INSERT INTO t (a) VALUES (f(1))',
    'INSERT INTO t VALUES (f(1))',
    'INSERT t (a) SELECT f(1)',
    'UPDATE t SET a = f(1)',
    'DELETE FROM t WHERE f(a)',
    'DO f(1)',
    'SET @a = f(1)',
    'CREATE TABLE t SELECT f(1)',
    'CALL p()',
    'EXECUTE s',
  ])('is seen in other statements: %s', sql => {
    expect(statementFacts(sql).opaque).toBe(true)
  })

  test.each([
    'INSERT INTO t (a) VALUES (1)',
    'INSERT INTO db.t(a, b) SELECT 1, 2',
    'INSERT LOW_PRIORITY IGNORE INTO `db`.`t`(a) VALUES (1)',
    'REPLACE t(a) VALUES (1)',
    'CREATE TABLE t (id INT(11), e ENUM("a"), d DECIMAL(1, 2))',
    'UPDATE t SET a = VALUES(b)',
  ])('is not seen in lists of columns: %s', sql => {
    expect(statementFacts(sql).opaque).toBe(false)
  })
})

describe('the list of built-in functions', () => {
  test('holds no function with an effect on the session', () => {
    const effective = [...sessionFunctions, ...lockFunctions, ...unlockFunctions]
    expect(effective.filter(name => builtInFunctions.has(name))).toEqual([])
  })

  test('is written in upper case', () => {
    expect([...builtInFunctions].filter(name => !/^[A-Z][A-Z0-9_]*$/.test(name))).toEqual([])
    expect(builtInFunctions.size).toBeGreaterThan(350)
  })
})
