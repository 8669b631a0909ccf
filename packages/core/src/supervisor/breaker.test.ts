import { describe, expect, it } from 'vitest'
import { Breaker, type BreakerState } from './breaker.js'

const setUp = () => {
  const states: BreakerState[] = []
  const breaker = new Breaker({ failures: 2, resetAfterMs: 100 }, state => states.push(state))
  return { breaker, states }
}

describe('the breaker', () => {
  it('that is off admits everybody for ever', () => {
    const breaker = new Breaker(false)
    for (let failure = 0; failure < 1_000; failure++) breaker.failed(0)
    expect(breaker.admits(0)).toBe(true)
    expect(breaker.state).toBe('closed')
  })

  it('opens after a row of failures, which a success interrupts', () => {
    const { breaker } = setUp()
    breaker.failed(0)
    breaker.succeeded()
    breaker.failed(0)
    expect(breaker.state).toBe('closed')
    breaker.failed(0)
    expect(breaker.state).toBe('open')
    expect(breaker.admits(99)).toBe(false)
  })

  it('admits one caller after its pause, and all when that one has succeeded', () => {
    const { breaker, states } = setUp()
    breaker.failed(0)
    breaker.failed(0)
    expect(breaker.admits(100)).toBe(true)
    expect(breaker.admits(100)).toBe(false)
    breaker.succeeded()
    expect(breaker.admits(101)).toBe(true)
    expect(states).toEqual(['open', 'half-open', 'closed'])
  })

  it('opens again for a whole pause when the one has failed', () => {
    const { breaker } = setUp()
    breaker.failed(0)
    breaker.failed(0)
    expect(breaker.admits(150)).toBe(true)
    breaker.failed(160)
    expect(breaker.admits(259)).toBe(false)
    expect(breaker.admits(260)).toBe(true)
  })

  it('admits another one at once when the one has gone without a result', () => {
    const { breaker } = setUp()
    breaker.failed(0)
    breaker.failed(0)
    expect(breaker.admits(100)).toBe(true)
    breaker.trialAbandoned()
    expect(breaker.admits(101)).toBe(true)
  })
})
