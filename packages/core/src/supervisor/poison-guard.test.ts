import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../liveness/fake-clock.js'
import { PoisonGuard, type PoisonGuardOptions } from './poison-guard.js'

const setUp = (options: PoisonGuardOptions = {}) => {
  const clock = createFakeClock()
  const guard = new PoisonGuard({ ...options, clock })
  /** One life of the server that ends while these statements run. */
  const dieUnder = (...digests: string[]): void => {
    const life = guard.opened()
    for (const digest of digests) guard.lost(digest, life)
    guard.died()
  }
  return { clock, guard, dieUnder }
}

describe('the poison guard', () => {
  it('refuses a statement that was there at two deaths of the server', () => {
    const { guard, dieUnder } = setUp()
    dieUnder('bad', 'bystander')
    expect(guard.deathsOf('bad')).toBe(0)
    expect(guard.active).toBe(true)
    dieUnder('bad')
    expect(guard.deathsOf('bad')).toBe(2)
    expect(guard.deathsOf('bystander')).toBe(0)
  })

  it('clears a statement that has run since, so that what always runs survives two ordinary restarts', () => {
    const { guard, dieUnder } = setUp()
    dieUnder('busy')
    guard.succeeded('busy')
    expect(guard.active).toBe(false)
    dieUnder('busy')
    expect(guard.deathsOf('busy')).toBe(0)
  })

  it('counts one death once, however many links were lost by it and however late that is noticed', () => {
    const { guard } = setUp()
    const life = guard.opened()
    guard.lost('bad', life)
    guard.lost('bad', life)
    guard.died()
    guard.died()
    guard.died(life)
    guard.lost('bad', life)
    guard.opened()
    guard.died(life)
    expect(guard.life).toBe(1)
    expect(guard.deathsOf('bad')).toBe(0)
  })

  it('takes no loss for a death while the server lives', () => {
    const { guard } = setUp()
    const life = guard.opened()
    guard.lost('killed', life)
    guard.survived()
    guard.died()
    expect(guard.active).toBe(false)
  })

  it('takes no refused connection for a death of a server that was never reached', () => {
    const { guard } = setUp()
    guard.died()
    expect(guard.life).toBe(0)
  })

  it('forgets losses and deaths that are long ago', async () => {
    const { guard, clock, dieUnder } = setUp({ memoryMs: 1_000 })
    guard.lost('old', guard.opened())
    await clock.advance(1_001)
    guard.died()
    expect(guard.active).toBe(false)
    dieUnder('bad')
    await clock.advance(1_001)
    dieUnder('bad')
    expect(guard.deathsOf('bad')).toBe(0)
    dieUnder('bad')
    expect(guard.deathsOf('bad')).toBe(2)
    await clock.advance(1_001)
    expect(guard.deathsOf('bad')).toBe(0)
    expect(guard.active).toBe(false)
  })

  it('remembers a bounded number of statements, the latest ones', () => {
    const { guard, dieUnder } = setUp({ capacity: 2 })
    dieUnder('first')
    dieUnder('second', 'third')
    dieUnder('first', 'second', 'third')
    expect(['first', 'second', 'third'].map(digest => guard.deathsOf(digest))).toEqual([0, 2, 2])
  })
})
