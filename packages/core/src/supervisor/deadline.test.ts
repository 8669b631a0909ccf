import { describe, expect, it, vi } from 'vitest'
import { createFakeClock } from '../liveness/fake-clock.js'
import { Deadline, type EndOfWait } from './deadline.js'

const setUp = (afterMs: number, signal?: AbortSignal) => {
  const clock = createFakeClock()
  const onEnd = vi.fn<(why: EndOfWait) => void>()
  return { clock, onEnd, deadline: new Deadline({ afterMs, signal, onEnd, clock }) }
}

describe('a deadline', () => {
  it('ends once, when its time is over', async () => {
    const { clock, onEnd, deadline } = setUp(100)
    await clock.advance(60)
    expect(deadline.remainingMs()).toBe(40)
    expect(onEnd).not.toHaveBeenCalled()
    await clock.advance(100)
    expect(onEnd.mock.calls).toEqual([['deadline']])
    expect(deadline.remainingMs()).toBe(0)
    expect(clock.pending).toBe(0)
  })

  it('ends when its signal is aborted, and then no more', async () => {
    const abort = new AbortController()
    const { clock, onEnd } = setUp(100, abort.signal)
    abort.abort()
    await clock.advance(200)
    expect(onEnd.mock.calls).toEqual([['aborted']])
    expect(clock.pending).toBe(0)
  })

  it('leaves neither timer nor listener once it is cleared', async () => {
    const abort = new AbortController()
    const add = vi.spyOn(abort.signal, 'addEventListener')
    const remove = vi.spyOn(abort.signal, 'removeEventListener')
    const { clock, onEnd, deadline } = setUp(100, abort.signal)
    deadline.clear()
    deadline.clear()
    expect(remove.mock.calls[0]?.slice(0, 2)).toEqual(add.mock.calls[0]?.slice(0, 2))
    abort.abort()
    await clock.advance(200)
    expect(onEnd).not.toHaveBeenCalled()
    expect(clock.pending).toBe(0)
  })
})
