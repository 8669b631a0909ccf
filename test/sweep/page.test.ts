import { expect, it } from 'vitest'
import { page } from './page.js'
import { summarize } from './report.js'

const results = ['comeback-knex/insert/c1.up1/fin', 'comeback-knex@mysql/insert/c1.up1/fin'].map(point => ({
  point,
  hit: true,
  violations: [],
  elapsedMs: 1,
}))

it('the page has a row for each stack, and says how much of the sweep it is', () => {
  const text = page(summarize(results), 20_000)
  expect(text).toContain('Result of 2 points of 20,000, evenly spread.')
  expect(text).toMatch(/\| `comeback-knex` \| 2 \|( 0 \|){13}\n/)
  expect(page(summarize(results), 2)).toContain('Result of 2 points.')
})
