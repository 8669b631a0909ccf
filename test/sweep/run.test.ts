import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Result } from './results.js'
import { lastRun, Run, startRun } from './run.js'

const result = (point: string): Result => ({ point, hit: true, violations: [], elapsedMs: 1 })

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'comeback-sweep-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

it('a sweep that was broken off goes on with the points that are left', () => {
  startRun({ points: ['a', 'b', 'c'], inAll: { s: 9 } }, folder).add(result('b'))
  const run = lastRun(folder)
  expect(run?.plan).toEqual({ points: ['a', 'b', 'c'], inAll: { s: 9 } })
  expect(run?.left).toEqual(['a', 'c'])
  run?.add(result('a'))
  expect(lastRun(folder)?.left).toEqual(['c'])
})

it('a line that was cut short does not count, nor does it spoil the next one', () => {
  startRun({ points: ['a', 'b'] }, folder).add(result('a'))
  appendFileSync(join(folder, readdirSync(folder)[0] ?? ''), '\n{"point":"b","hi')
  const run = lastRun(folder)
  expect(run?.left).toEqual(['b'])
  run?.add(result('b'))
  expect(lastRun(folder)?.left).toEqual([])
})

it('a sweep that is done leaves nothing to go on with', () => {
  startRun({ points: [] }, folder).finish()
  expect(lastRun(folder)).toBeUndefined()
})

it('a sweep without a file leaves none', () => {
  const run = new Run({ points: ['a'] })
  run.add(result('a'))
  run.finish()
  expect(run.left).toEqual([])
  expect(readdirSync(folder)).toEqual([])
})
