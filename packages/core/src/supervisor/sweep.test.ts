import { describe, expect, it, vi } from 'vitest'
import { createFakeClock } from '../liveness/fake-clock.js'
import { Sweep } from './sweep.js'

const target = () => ({ tick: vi.fn<(nowMs: number) => void>() })

describe('the sweep', () => {
  it('runs only while something is watched, on one interval that does not hold the process', async () => {
    const clock = createFakeClock()
    const sweep = new Sweep({ clock })
    expect(clock.pending).toBe(0)
    const [a, b] = [target(), target()]
    const stops = [sweep.watch(a), sweep.watch(b)]
    expect(clock.pending).toBe(1)
    expect(clock.referenced).toBe(0)
    expect(sweep.isRunning).toBe(true)
    await clock.advance(250)
    expect(a.tick).toHaveBeenCalledTimes(2)
    expect(b.tick).toHaveBeenCalledTimes(2)
    for (const stop of stops) stop()
    for (const stop of stops) stop()
    expect(clock.pending).toBe(0)
    expect(sweep.isRunning).toBe(false)
  })

  it('starts again for what is watched later, and says so', async () => {
    const clock = createFakeClock()
    const onStart = vi.fn<() => void>()
    const onTick = vi.fn<(nowMs: number) => void>()
    const sweep = new Sweep({ clock, everyMs: 10, onStart, onTick })
    sweep.watch(target())()
    sweep.watch(target())
    sweep.watch(target())
    expect(onStart).toHaveBeenCalledTimes(2)
    await clock.advance(10)
    expect(onTick.mock.calls).toEqual([[clock.now()]])
    sweep.clear()
    expect(clock.pending).toBe(0)
  })

  it('lets a target stop, or watch another one, while it is ticked', async () => {
    const clock = createFakeClock()
    const sweep = new Sweep({ clock, everyMs: 10 })
    const later = target()
    const stop = sweep.watch({
      tick: () => {
        stop()
        sweep.watch(later)
      },
    })
    await clock.advance(20)
    expect(later.tick).toHaveBeenCalled()
    expect(sweep.isRunning).toBe(true)
  })
})
