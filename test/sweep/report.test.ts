import { expect, it } from 'vitest'
import { summarize, violationLines } from './report.js'
import type { Result } from './results.js'

const result = (point: string, ...kinds: ('lost' | 'hung')[]): Result => ({
  point,
  hit: kinds.length > 0,
  violations: kinds.map(kind => ({ kind, detail: 'x' })),
  elapsedMs: 1,
})

it('points and violations are counted for each stack', () => {
  const { points, violations, stacks } = summarize([
    result('comeback-knex/insert/c1.up1/fin'),
    result('comeback-knex/insert/c1.up2/fin', 'lost', 'hung'),
    result('stock-knex/insert/c1.up1/fin', 'hung'),
  ])
  expect(points).toBe(3)
  expect(stacks['comeback-knex']).toMatchObject({ points: 2, missed: 1, lost: 1, hung: 1, untyped: 0 })
  expect(stacks['stock-knex']).toMatchObject({ points: 1, lost: 0, hung: 1 })
  // What other stacks do is not ours to mend.
  expect(violations).toBe(2)
})

it('a point that violates the same twice counts once', () => {
  expect(summarize([result('comeback-knex/insert/c1.up2/fin', 'lost', 'lost')]).violations).toBe(1)
})

it('each kind of violation has a line with the name of its point', () => {
  const name = 'comeback-knex/insert/c1.up2/fin'
  expect(violationLines([result(name, 'hung', 'lost', 'hung')])).toEqual([
    `${name}  lost: x`,
    `${name}  hung: x (and 1 more)`,
  ])
})
