import { describe, expect, it } from 'vitest'
import { boundBytes, heapTrend, leaks } from './leaks.js'
import { Random } from './random.js'
import type { Calm } from './record.js'
import { Series } from './series.js'

const random = new Random('leaks')

/** Calms of which the heap follows a line, with noise of a tenth of a megabyte. */
function calms(count: number, bytesPerRound: number, change: (round: number) => Partial<Calm> = () => ({})) {
  return Array.from({ length: count }, (_, round): Calm => {
    const heapBytes = 80_000_000 + round * bytesPerRound + random.whole(-50_000, 50_000)
    const steady = { sockets: 60, timers: 4, listeners: 9, links: 20, threads: 22 }
    return { atMs: round * 5_000, heapBytes, ...steady, ...change(round) }
  })
}

describe('what a soak calls a leak', () => {
  it('a heap that goes up and down is steady, also when it grew while it warmed up', () => {
    expect(leaks(calms(60, 0))).toEqual([])
    const warming = calms(60, 0, round => (round < 25 ? { heapBytes: 60_000_000 + round * 800_000 } : {}))
    expect(heapTrend(warming).verdict).toBe('steady')
  })

  it('a heap that gains more than the bound in each round grows', () => {
    const growing = calms(60, 3 * boundBytes)
    expect(heapTrend(growing)).toMatchObject({ verdict: 'grows', rounds: 30 })
    expect(leaks(growing)).toMatchObject([{ kind: 'leak' }])
  })

  it('a few rounds, or a few minutes, are too short to tell', () => {
    expect(heapTrend(calms(4, 1_000_000)).verdict).toBe('too short to tell')
    const fast = calms(60, 1_000_000, round => ({ atMs: round * 1_000 }))
    expect(heapTrend(fast).verdict).toBe('too short to tell')
    expect(leaks([])).toEqual([])
  })

  it('sockets, listeners and threads that do not go back are told by name', () => {
    const found = leaks(
      calms(40, 0, round => ({ sockets: 60 + round, listeners: 9 + Math.floor(round / 10) })),
    )
    expect(found.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^\d+ sockets in the calms at the end/),
      expect.stringMatching(/^\d+ listeners in the calms at the end/),
    ])
  })
})

describe('a series', () => {
  it('stays small, and keeps its peaks', () => {
    const series = new Series(100)
    for (let moment = 0; moment < 10_000; moment++) {
      series.add({ atMs: moment, heap: moment === 4_321 ? 99 : 1, threads: undefined })
    }
    expect(series.rows.length).toBeLessThan(100)
    expect(Math.max(...series.column('heap').map(Number))).toBe(99)
    expect(series.column('threads').every(value => value === null)).toBe(true)
  })
})
