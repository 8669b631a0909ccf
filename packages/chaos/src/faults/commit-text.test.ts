import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { containsCommit, isCommit } from './commit-text.js'

describe('commit text', () => {
  it.each([
    'COMMIT',
    ' commit;',
    'COMMIT WORK AND CHAIN',
    '/* comeback */ COMMIT',
    '-- note\nCOMMIT',
    '# note\ncommit',
    '/*! COMMIT */',
    "XA COMMIT 'a'",
  ])('%j is a COMMIT', sql => {
    expect(isCommit(sql)).toBe(true)
    expect(containsCommit(sql)).toBe(true)
  })

  it.each([
    'INSERT INTO t VALUES (1); COMMIT',
    'BEGIN NOT ATOMIC INSERT INTO t VALUES (1); COMMIT; END',
    'BEGIN NOT ATOMIC COMMIT; END',
    'BEGIN NOT ATOMIC IF @a THEN COMMIT; ELSE ROLLBACK; END IF; END',
    "SELECT 'a;'; /* then */ COMMIT",
  ])('%j contains a COMMIT', sql => {
    expect(isCommit(sql)).toBe(false)
    expect(containsCommit(sql)).toBe(true)
  })

  it.each([
    '',
    'ROLLBACK',
    'SELECT commit FROM git',
    "INSERT INTO t VALUES ('; COMMIT')",
    'SELECT "a\\"; COMMIT"',
    'SELECT `; COMMIT`',
    '/* ; COMMIT */ SELECT 1',
    '-- ; COMMIT',
    "SELECT 'it''s; COMMIT'",
    'COMMITTED',
    'SET completion_type = 1',
  ])('%j contains none', sql => {
    expect(isCommit(sql)).toBe(false)
    expect(containsCommit(sql)).toBe(false)
  })

  it('never throws', () => {
    const pieces = fc.array(
      fc.constantFrom("'", '"', '`', '/*', '*/', '--', '#', '\\', ';', ' ', 'COMMIT', '\n', '/*!', 'é'),
    )
    fc.assert(
      fc.property(pieces, found => {
        isCommit(found.join(''))
        containsCommit(found.join(''))
      }),
    )
  })
})
