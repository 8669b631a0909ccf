import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../liveness/fake-clock.js'
import { RetryBudget } from './retry-budget.js'

const takeAll = (budget: RetryBudget): number => {
  let taken = 0
  while (taken < 100_000 && budget.take()) taken++
  return taken
}

describe('the retry budget', () => {
  it('starts with ten seconds’ worth, so that a young pool survives its first loss', () => {
    const budget = new RetryBudget({ ratio: 0.1, minPerSecond: 10 }, createFakeClock())
    expect(takeAll(budget)).toBe(100)
    expect(budget.available()).toBe(false)
    expect(budget.take()).toBe(false)
  })

  it('earns a share of a token with each successful statement', () => {
    const budget = new RetryBudget({ ratio: 0.1, minPerSecond: 0 }, createFakeClock())
    expect(takeAll(budget)).toBe(0)
    for (let statement = 0; statement < 50; statement++) budget.succeeded()
    expect(takeAll(budget)).toBe(5)
  })

  it('earns tokens with time', async () => {
    const clock = createFakeClock()
    const budget = new RetryBudget({ ratio: 0, minPerSecond: 2 }, clock)
    takeAll(budget)
    await clock.advance(1_500)
    expect(takeAll(budget)).toBe(3)
  })

  it('is not touched by asking whether there is a token', () => {
    const budget = new RetryBudget({ ratio: 0, minPerSecond: 0.1 }, createFakeClock())
    for (let ask = 0; ask < 10; ask++) expect(budget.available()).toBe(true)
    expect(takeAll(budget)).toBe(1)
  })

  it('can be closed for good', async () => {
    const clock = createFakeClock()
    const budget = new RetryBudget({ ratio: 0, minPerSecond: 0 }, clock)
    for (let statement = 0; statement < 50; statement++) budget.succeeded()
    await clock.advance(1_000_000)
    expect(budget.take()).toBe(false)
  })

  it('is never negative and never saves up more than its bound, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 100 }),
        fc.array(
          fc.oneof(
            fc.record({ do: fc.constant('succeed' as const), count: fc.nat(5_000) }),
            fc.record({ do: fc.constant('take' as const), count: fc.nat(200) }),
            fc.record({ do: fc.constant('wait' as const), count: fc.nat(100_000) }),
          ),
          { maxLength: 30 },
        ),
        async (ratio, minPerSecond, script) => {
          const clock = createFakeClock()
          const budget = new RetryBudget({ ratio, minPerSecond }, clock)
          for (const { do: what, count } of script) {
            if (what === 'wait') await clock.advance(count)
            for (let turn = 0; turn < count && what !== 'wait'; turn++) {
              if (what === 'succeed') budget.succeeded()
              else budget.take()
            }
            expect(budget.tokens).toBeGreaterThanOrEqual(0)
            expect(budget.tokens).toBeLessThanOrEqual(minPerSecond * 10 + 1_000)
          }
        },
      ),
    )
  })

  it('never gives more tokens than were there and were earned', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), fc.nat(3_000), (minPerSecond, successes) => {
        const budget = new RetryBudget({ ratio: 0.25, minPerSecond }, createFakeClock())
        for (let statement = 0; statement < successes; statement++) budget.succeeded()
        expect(takeAll(budget)).toBeLessThanOrEqual(minPerSecond * 10 + successes * 0.25)
      }),
    )
  })
})
