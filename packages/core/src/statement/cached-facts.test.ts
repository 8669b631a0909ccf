import { describe, expect, test } from 'vitest'
import { statementFacts } from './cached-facts.js'

describe('statementFacts', () => {
  test('gives the same facts for the same text', () => {
    expect(statementFacts('SELECT 1 FROM cached')).toBe(statementFacts('SELECT 1 FROM cached'))
  })

  test('keeps a text that is in use while others come and go', () => {
    const facts = statementFacts('SELECT 1 FROM busy')
    for (let n = 0; n < 5_000; n++) {
      statementFacts(`SELECT ${n} FROM idle`)
      if (n % 100 === 0) expect(statementFacts('SELECT 1 FROM busy')).toBe(facts)
    }
  })

  test('forgets texts that are not asked for any more', () => {
    const facts = statementFacts('SELECT 1 FROM once')
    for (let n = 0; n < 3_000; n++) statementFacts(`SELECT ${n} FROM others`)
    expect(statementFacts('SELECT 1 FROM once')).not.toBe(facts)
    expect(statementFacts('SELECT 1 FROM once')).toEqual(facts)
  })

  test('does not hold long texts', () => {
    const sql = `SELECT '${'x'.repeat(5_000)}'`
    expect(statementFacts(sql)).not.toBe(statementFacts(sql))
    expect(statementFacts(sql)).toEqual(statementFacts(sql))
  })

  test('keeps what different modes say apart', () => {
    const sql = "SELECT 'a\\'; DROP TABLE t; -- '"
    expect(statementFacts(sql, { noBackslashEscapes: false }).kind).toBe('read')
    expect(statementFacts(sql, { noBackslashEscapes: true }).kind).toBe('write')
    expect(statementFacts(sql, { noBackslashEscapes: false }).kind).toBe('read')
  })

  test('gives facts that nobody can change', () => {
    const facts = statementFacts('SET NAMES utf8')
    for (const part of [facts, facts.leaves, facts.clears, facts.restores, facts.restores[0]]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })
})
