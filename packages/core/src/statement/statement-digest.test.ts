import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { statementDigest } from './statement-digest.js'

describe('the digest of a statement', () => {
  it('is the same for other values', () => {
    expect(statementDigest("SELECT * FROM t WHERE a = 1 AND b = 'x'")).toBe(
      statementDigest("SELECT *  FROM t\nWHERE a = 27 AND b = 'it''s'"),
    )
  })

  it('is the same for more values in a list', () => {
    expect(statementDigest('SELECT * FROM t WHERE a IN (1, 2, 3)')).toBe(
      statementDigest('SELECT * FROM t WHERE a IN (1)'),
    )
  })

  it('differs for another table', () => {
    expect(statementDigest('SELECT * FROM t1')).not.toBe(statementDigest('SELECT * FROM t2'))
  })

  it('shows nothing of any statement', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), value => {
        expect(statementDigest(`SELECT '${value}'`)).toMatch(/^[\w-]{27}$/)
      }),
    )
  })
})
