import { describe, expect, test } from 'vitest'
import { statementFacts } from './cached-facts.js'

describe('transaction control', () => {
  test.each([
    ['BEGIN', 'begin'],
    ['begin work;', 'begin'],
    ['START TRANSACTION', 'begin'],
    ['START TRANSACTION WITH CONSISTENT SNAPSHOT', 'begin'],
    ['COMMIT', 'commit'],
    ['COMMIT WORK', 'commit'],
    ['COMMIT AND CHAIN', 'commit'],
    ['COMMIT AND NO CHAIN NO RELEASE', 'commit'],
    ['COMMIT RELEASE', 'commit'],
    ['ROLLBACK', 'rollback'],
    ['ROLLBACK WORK AND CHAIN', 'rollback'],
    ['/* a */ rollback -- b', 'rollback'],
    ['SAVEPOINT a', 'savepoint'],
    ['SAVEPOINT `a b`', 'savepoint'],
    ['ROLLBACK TO a', 'rollback-to-savepoint'],
    ['ROLLBACK TO SAVEPOINT a', 'rollback-to-savepoint'],
    ['ROLLBACK WORK TO SAVEPOINT a', 'rollback-to-savepoint'],
    ['ROLLBACK TO savepoint', 'rollback-to-savepoint'],
    ['RELEASE SAVEPOINT a', 'release-savepoint'],
    ['SET TRANSACTION ISOLATION LEVEL READ COMMITTED', 'set-transaction'],
    ['SET TRANSACTION READ ONLY', 'set-transaction'],
    ['SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ WRITE', 'set-transaction'],
    ["XA START 'a'", 'xa-start'],
    ["XA BEGIN 'a'", 'xa-start'],
    ["XA END 'a'", 'xa-end'],
    ["XA PREPARE 'a'", 'xa-prepare'],
    ["XA COMMIT 'a' ONE PHASE", 'xa-commit'],
    ["XA ROLLBACK 'a'", 'xa-rollback'],
  ])('is recognised: %s', (sql, transaction) => {
    expect(statementFacts(sql)).toMatchObject({ kind: 'transaction', transaction, leaves: [], restores: [] })
  })

  test.each([
    'BEGIN',
    'BEGIN WORK',
    'BEGIN;',
    'START TRANSACTION',
    'START TRANSACTION READ ONLY',
    'START TRANSACTION READ WRITE',
    'START /* a */ TRANSACTION',
  ])('opens a transaction that can be opened again unnoticed: %s', sql => {
    expect(statementFacts(sql).plainBegin).toBe(true)
  })

  test.each([
    'START TRANSACTION WITH CONSISTENT SNAPSHOT',
    'START TRANSACTION READ ONLY, WITH CONSISTENT SNAPSHOT',
    'START TRANSACTION /*!80000 WITH CONSISTENT SNAPSHOT */',
    'START TRANSACTION READ ONLY,',
    'BEGIN; INSERT INTO t VALUES (1)',
    'BEGIN NOT ATOMIC SELECT 1; END',
    'BEGIN SELECT 1; END',
    'BEGIN /*M! NOT ATOMIC INSERT INTO t VALUES (1); END */',
    "XA START 'a'",
  ])('opens none, or one that can not: %s', sql => {
    expect(statementFacts(sql).plainBegin).toBe(false)
  })

  test('that opens another transaction at once counts as two statements', () => {
    expect(statementFacts('COMMIT AND CHAIN').multiple).toBe(true)
    expect(statementFacts('ROLLBACK AND CHAIN').multiple).toBe(true)
    expect(statementFacts('COMMIT AND NO CHAIN').multiple).toBe(false)
    expect(statementFacts('COMMIT').multiple).toBe(false)
  })

  test('in a text with other statements is a write of several statements', () => {
    const facts = statementFacts('COMMIT; INSERT INTO t VALUES (1)')
    expect(facts).toMatchObject({ kind: 'write', multiple: true })
    expect(facts.transaction).toBeUndefined()
  })

  test.each(['START SLAVE', 'ROLLBACK NOW', 'SAVEPOINT', 'RELEASE a', 'XA FROB', 'SET TRANSACTION FAST'])(
    'is not seen in: %s',
    sql => {
      expect(statementFacts(sql)).toMatchObject({ kind: 'write' })
      expect(statementFacts(sql).transaction).toBeUndefined()
    },
  )
})
