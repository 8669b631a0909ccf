import { describe, expect, test } from 'vitest'
import { statementFacts } from './cached-facts.js'
import { ormReads, ormWrites } from './fake-orm-statements.js'
import { leavesNothing } from './leaves-nothing.js'

describe('statements as the ORMs write them', () => {
  test.each(ormReads)('may be sent again: %s', sql => {
    expect(statementFacts(sql)).toMatchObject({ kind: 'read', resendable: true, leaves: [], restores: [] })
    expect(leavesNothing(sql)).toBe(true)
  })

  test.each(ormWrites)('is a write whose effects are in sight: %s', sql => {
    expect(statementFacts(sql)).toMatchObject({
      kind: 'write',
      resendable: false,
      opaque: false,
      readsSession: false,
      multiple: false,
      leaves: [],
    })
    expect(leavesNothing(sql)).toBe(true)
  })
})
