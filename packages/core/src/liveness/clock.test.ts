import timers from 'node:timers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from './clock.js'

describe('the system clock', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('goes on while fake timers are installed', async () => {
    vi.useFakeTimers()
    const original = timers.setTimeout
    timers.setTimeout = vi.fn<() => never>() as unknown as typeof timers.setTimeout
    try {
      const before = systemClock.now()
      await new Promise<void>(resolve => {
        systemClock.setTimeout(resolve, 5)
      })
      await new Promise<void>(resolve => {
        systemClock.setImmediate(resolve)
      })
      expect(systemClock.now()).toBeGreaterThan(before)
      expect(timers.setTimeout).not.toHaveBeenCalled()
    } finally {
      timers.setTimeout = original
    }
  })

  it('tells calendar time although Date is faked', () => {
    vi.useFakeTimers({ now: 0 })
    expect(Date.now()).toBe(0)
    expect(systemClock.wallNow()).toBeGreaterThan(1_600_000_000_000)
  })

  it('fires an interval until it is cleared', async () => {
    let ticks = 0
    await new Promise<void>(resolve => {
      const handle = systemClock.setInterval(() => {
        if (++ticks < 3) return
        systemClock.clearInterval(handle)
        resolve()
      }, 1)
    })
    expect(ticks).toBe(3)
  })

  it('does not fire a timer that was cleared', async () => {
    const fired = vi.fn<() => void>()
    systemClock.clearTimeout(systemClock.setTimeout(fired, 1))
    systemClock.clearTimeout(undefined)
    await new Promise<void>(resolve => {
      systemClock.setTimeout(resolve, 5)
    })
    expect(fired).not.toHaveBeenCalled()
  })
})
