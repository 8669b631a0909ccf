import { EventEmitter } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { Audit, heapBoundBytes, heapGrowth } from './audit.js'

const kept: unknown[] = []

afterEach(() => {
  kept.length = 0
})

it('nothing is said of what has been let go', async () => {
  const audit = new Audit()
  audit.begin()
  for (let point = 0; point < 3; point++) new EventEmitter().on('x', () => undefined)
  expect(await audit.after(1)).toEqual([])
})

it('one emitter that stays alive is found, and told once', async () => {
  const audit = new Audit()
  audit.begin()
  kept.push(new EventEmitter())
  expect(await audit.after(1)).toEqual([expect.stringMatching(/^1 more event emitter.* the last 1 points$/)])
  expect(await audit.after(1)).toEqual([])
})

it('of many points, a few steps are taken for caches that were filled, and more for a leak', async () => {
  const audit = new Audit()
  audit.begin()
  const step = async (): Promise<readonly string[]> => {
    kept.push(new EventEmitter())
    return [...(await audit.after(2)), ...(await audit.after(2))]
  }
  for (const _ of [1, 2, 3]) expect(await step()).toEqual([])
  expect(await step()).toEqual([expect.stringMatching(/^1 more event emitter.* the last 2 points$/)])
})

const heap = (perPoint: number) => (_: unknown, index: number) => ({
  points: 100 + index * 25,
  // It goes up and down by itself.
  heapBytes: 20e6 + index * 25 * perPoint + (index % 3) * 50_000,
})

it('a heap that grows with the points is found, one that trembles is not', () => {
  const samples = (perPoint: number) => Array.from({ length: 12 }, heap(perPoint))
  expect(heapGrowth(samples(0))).toBeUndefined()
  expect(heapGrowth(samples(heapBoundBytes * 2))).toMatch(
    /^the heap grew by \d+ bytes a point over 275 points$/,
  )
  expect(heapGrowth(samples(heapBoundBytes * 2).slice(0, 4))).toBeUndefined()
})
