import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs, probePauseMs } from './backoff.js'

const policy = { initialMs: 25, maxMs: 1_000 }
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('the pause between attempts', () => {
  it('has a bound that doubles with each failure up to its maximum', () => {
    const bounds = [1, 2, 3, 4, 5, 6, 7, 8].map(failures => backoffMs(failures, policy, () => 1))
    expect(bounds).toEqual([25, 50, 100, 200, 400, 800, 1_000, 1_000])
  })

  it('is anything below that bound', () => {
    expect(backoffMs(3, policy, () => 0)).toBe(0)
    expect(backoffMs(3, policy, () => 0.5)).toBe(50)
    expect(backoffMs(1, policy)).toBeLessThan(25)
  })

  it('is never negative, infinite or above its bound, whatever is counted', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.double({ min: 1, max: 2 ** 31, noNaN: true }),
        fc.double({ min: 1, max: 2 ** 31, noNaN: true }),
        chance,
        (failures, a, b, random) => {
          const [initialMs, maxMs] = [Math.min(a, b), Math.max(a, b)]
          const pause = backoffMs(failures, { initialMs, maxMs }, () => random)
          expect(pause).toBeGreaterThanOrEqual(0)
          expect(pause).toBeLessThanOrEqual(maxMs)
        },
      ),
    )
  })

  it('between probes lies between three quarters of the period and all of it', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 2 ** 31, noNaN: true }), chance, (everyMs, random) => {
        const pause = probePauseMs(everyMs, () => random)
        expect(pause).toBeGreaterThanOrEqual(everyMs * 0.75)
        expect(pause).toBeLessThanOrEqual(everyMs)
      }),
    )
    expect(probePauseMs(40)).toBeLessThanOrEqual(40)
  })
})
