import { leavesNothing, type QuotingModes } from '@comeback/core'
import { expect, test } from 'vitest'
import { ReadAhead } from './read-ahead.js'

const texts = ['', 'SELECT 1', "SELECT '\\'; SET @a = 1; -- '", 'BEGIN']
const modes: readonly QuotingModes[] = [{ noBackslashEscapes: false }, { noBackslashEscapes: true }]
const statements = texts.flatMap(sql => modes.map(mode => ({ sql, mode })))
const steps = statements.flatMap(one => [
  { ...one, isRead: true },
  { ...one, isRead: false },
])

test('what was read ahead, or was not, changes no answer', () => {
  const wrong: unknown[] = []
  for (const first of steps) {
    for (const second of steps) {
      for (const { sql, mode } of statements) {
        const ahead = new ReadAhead()
        for (const one of [first, second]) {
          if (one.isRead) ahead.read(one.sql, one.mode)
          else ahead.leavesNothing(one.sql, one.mode)
        }
        if (ahead.leavesNothing(sql, mode) !== leavesNothing(sql, mode))
          wrong.push([first, second, sql, mode])
      }
    }
  }
  expect(wrong).toEqual([])
})
