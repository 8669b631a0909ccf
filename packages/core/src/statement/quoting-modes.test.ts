import { describe, expect, test } from 'vitest'
import { statementFacts } from './cached-facts.js'
import { leavesNothing } from './leaves-nothing.js'

const backslashes = { noBackslashEscapes: false, ansiQuotes: false }
const noBackslashes = { noBackslashEscapes: true, ansiQuotes: false }
const ansi = { noBackslashEscapes: false, ansiQuotes: true }

describe('a text that sql_mode can turn into another one', () => {
  const hidden = "SELECT 'a\\'; DELETE FROM t; -- '"

  test('is read by what is known of sql_mode', () => {
    expect(statementFacts(hidden, backslashes)).toMatchObject({ kind: 'read', resendable: true })
    expect(statementFacts(hidden, noBackslashes)).toMatchObject({ kind: 'write', multiple: true })
  })

  test('is taken for the worst when sql_mode is not known', () => {
    expect(statementFacts(hidden)).toMatchObject({ kind: 'write', multiple: true, resendable: false })
    expect(leavesNothing(hidden)).toBe(false)
    expect(leavesNothing(hidden, backslashes)).toBe(true)
  })

  test('is one of two readings of double quotes', () => {
    const sql = 'SELECT "a\\"; SET @a = 1; -- "'
    expect(statementFacts(sql, backslashes)).toMatchObject({ kind: 'read', leaves: [] })
    expect(statementFacts(sql, ansi).leaves).toEqual(['user-variable'])
    expect(statementFacts(sql).leaves).toEqual(['user-variable'])
  })

  test.each([
    "SELECT 'a\\' OR f(1) OR 'b\\'",
    "SELECT 'a\\' FROM t FOR UPDATE -- '",
    "SELECT 'a\\', LAST_INSERT_ID() -- '",
    "SELECT 'a\\' INTO OUTFILE 'x\\'",
    "SELECT 'a\\', GET_LOCK('b', 1) -- '",
    'SELECT "a\\" FROM t FOR UPDATE -- "',
  ])('is no read to be sent again when one reading of it is not: %s', sql => {
    expect(statementFacts(sql).resendable).toBe(false)
  })

  test('does not become unknown by an apostrophe in a value', () => {
    for (const sql of [
      "UPDATE t SET a = 'it\\'s; me@b.c' WHERE id = 1",
      "UPDATE t SET a = 'it\\'s; me@b.c', b = 'we\\'re; you@b.c' WHERE id = 1",
      "INSERT INTO t VALUES ('it\\'s; me@b.c', 'the dogs\\' bones; you@b.c')",
      'INSERT INTO t VALUES (\'{\\"a\\": \\"it\\\'s; me@b.c\\"}\');',
    ]) {
      expect(statementFacts(sql)).toMatchObject({ kind: 'write', multiple: false, leaves: [] })
      expect(leavesNothing(sql)).toBe(true)
    }
    expect(statementFacts("SELECT * FROM t WHERE a = 'O\\'Brien'").resendable).toBe(true)
    expect(statementFacts("SELECT * FROM t WHERE a = 'O\\'Brien' AND b = 'x\\'y'").resendable).toBe(true)
  })
})

describe('a comment that only some servers execute', () => {
  test.each([
    'SELECT 1 /*!80000 INTO @a */',
    'SELECT 1 /*M! FOR UPDATE */',
    '/*!80000 DELETE FROM t */',
    '/*!80000 DELETE FROM t; */ SELECT 1',
    '/*M!100100 SELECT */ DELETE FROM t',
    'SELECT 1 /*!99999 , f(1) */',
    'SELECT /*!99999 1; DELETE */ FROM t',
  ])('counts in both ways: %s', sql => {
    expect(statementFacts(sql).resendable).toBe(false)
    expect(leavesNothing(sql)).toBe(false)
  })

  test('keeps a read a read when it does nothing', () => {
    expect(statementFacts('SELECT /*!80000 SQL_NO_CACHE */ a FROM t').resendable).toBe(true)
    expect(statementFacts('SELECT a FROM t /*M!100100 WHERE b */').resendable).toBe(true)
  })

  test('makes the text unknown when it is not alone', () => {
    expect(statementFacts('/*!80000 SELECT */ /*M! DELETE FROM t */')).toMatchObject({
      kind: 'write',
      multiple: true,
      leaves: ['opaque'],
    })
    expect(statementFacts("SELECT 1 /*!99999 ' */ /*!100000 INTO @a */").resendable).toBe(false)
  })
})

describe('an annotation', () => {
  test.each([
    ['/* comeback:idempotent */ UPDATE t SET a = 1', 'idempotent'],
    ['UPDATE t SET a = 1 /*comeback:IDEMPOTENT*/', 'idempotent'],
    ['UPDATE t -- comeback:idempotent\nSET a = 1', 'idempotent'],
    ['# comeback: no-retry\nSELECT 1', 'no-retry'],
    ['/* comeback:idempotent, no-retry */ SELECT 1', 'idempotent no-retry'],
    ['/* comeback:idempotent */ /* comeback:no-retry */ SELECT 1', 'idempotent no-retry'],
    ['/* comeback:idempotent;x=1 */ SELECT 1', 'idempotent'],
    ["SELECT '/* comeback:idempotent */'", undefined],
    ['SELECT `/* comeback:idempotent */`', undefined],
    ["SELECT 'a' '/*' \" comeback:idempotent */\"", undefined],
    ['/* see comeback:idempotent */ SELECT 1', undefined],
    ['/*! comeback:idempotent */ SELECT 1', undefined],
    ['/* comeback: */ SELECT 1', undefined],
    ['SELECT 1', undefined],
  ])('is read from comments alone: %j', (sql, comment) => {
    expect(statementFacts(sql).comment).toBe(comment)
  })

  test('counts only when every reading has it, unless it forbids', () => {
    expect(statementFacts("UPDATE t SET a = 'x\\' /* comeback:idempotent */ -- '").comment).toBeUndefined()
    expect(statementFacts("UPDATE t SET a = 'x\\' /* comeback:no-retry */ -- '").comment).toBe('no-retry')
  })
})
