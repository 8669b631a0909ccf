import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createFakeClock } from '../liveness/fake-clock.js'
import type { EndOfWait } from './deadline.js'
import { WaitingRoom } from './waiting-room.js'

interface Guest {
  readonly id: number
}

const setUp = (maxWaiting = 3) => {
  const clock = createFakeClock()
  return { clock, room: new WaitingRoom<Guest>({ maxWaiting, maxWaitMs: 100, clock }) }
}

const nothing = (): void => undefined

describe('the waiting room', () => {
  it('lets guests out in the order in which they came', () => {
    const { room } = setUp()
    for (const id of [1, 2, 3]) room.enter({ id }, { onEnd: nothing })
    expect([...room.guests()].map(guest => guest.id)).toEqual([1, 2, 3])
    expect(room.first(guest => guest.id > 1)?.id).toBe(2)
    expect(room.first(guest => guest.id > 3)).toBeUndefined()
  })

  it('is full when its seats are taken; a guest being served needs none', () => {
    const { room } = setUp(2)
    room.enter({ id: 1 }, { onEnd: nothing })
    room.enter({ id: 2 }, { onEnd: nothing })
    expect(room.isFull(0)).toBe(true)
    expect(room.isFull(1)).toBe(false)
  })

  it('ends a stay at the guest’s own time or the room’s, whichever comes first', async () => {
    const { clock, room } = setUp()
    const ends: [string, EndOfWait, number][] = []
    const since = clock.now()
    const enter = (name: string, remainingMs?: number) =>
      room.enter({ id: 1 }, { remainingMs, onEnd: why => ends.push([name, why, clock.now() - since]) })
    enter('patient', 10_000)
    enter('hurried', 30)
    enter('plain')
    await clock.advance(1_000)
    expect(ends).toEqual([
      ['hurried', 'deadline', 30],
      ['patient', 'deadline', 100],
      ['plain', 'deadline', 100],
    ])
    expect(room.size).toBe(0)
    expect(clock.pending).toBe(0)
  })

  it('ends a stay when the guest’s signal is aborted, after the guest has left', () => {
    const { clock, room } = setUp()
    const abort = new AbortController()
    const guest = { id: 1 }
    const onEnd = vi.fn<(why: EndOfWait) => void>(() => expect(room.leave(guest)).toBe(false))
    room.enter(guest, { signal: abort.signal, onEnd })
    abort.abort()
    expect(onEnd.mock.calls).toEqual([['aborted']])
    expect(clock.pending).toBe(0)
  })

  it('forgets a guest that leaves, with its timer', async () => {
    const { clock, room } = setUp()
    const onEnd = vi.fn<(why: EndOfWait) => void>()
    const guest = { id: 1 }
    room.enter(guest, { onEnd })
    await clock.advance(40)
    expect(room.remainingMs(guest)).toBe(60)
    expect(room.leave(guest)).toBe(true)
    expect(room.leave(guest)).toBe(false)
    expect(room.remainingMs(guest)).toBe(0)
    await clock.advance(1_000)
    expect(onEnd).not.toHaveBeenCalled()
    expect(clock.pending).toBe(0)
  })

  it('keeps the order, ends every stay once and in time, and leaks no timer, whoever comes and goes', async () => {
    const script = fc.array(
      fc.oneof(
        fc.record({ do: fc.constant('enter' as const), value: fc.nat(200) }),
        fc.record({ do: fc.constant('leave' as const), value: fc.nat(30) }),
        fc.record({ do: fc.constant('wait' as const), value: fc.nat(60) }),
      ),
      { maxLength: 50 },
    )
    await fc.assert(
      fc.asyncProperty(script, async steps => {
        const { clock, room } = setUp()
        const guests: { id: number; dueAt: number; endedAt?: number; hasLeft?: boolean }[] = []
        for (const { do: what, value } of steps) {
          if (what === 'wait') await clock.advance(value)
          else if (what === 'leave') {
            const guest = guests[value]
            if (guest && room.leave(guest)) guest.hasLeft = true
          } else {
            const guest: (typeof guests)[number] = {
              id: guests.length,
              dueAt: clock.now() + Math.min(100, value),
            }
            guests.push(guest)
            room.enter(guest, {
              remainingMs: value,
              onEnd: () => {
                expect(guest.endedAt).toBeUndefined()
                guest.endedAt = clock.now()
              },
            })
          }
          const inside = [...room.guests()].map(guest => guest.id)
          expect(inside).toEqual(inside.toSorted((a, b) => a - b))
          for (const guest of room.guests()) expect(room.remainingMs(guest)).toBeGreaterThanOrEqual(0)
          expect(clock.pending).toBe(room.size)
        }
        await clock.advance(101)
        expect(clock.pending).toBe(0)
        for (const { hasLeft, endedAt, dueAt } of guests) {
          expect(hasLeft === true).toBe(endedAt === undefined)
          if (endedAt !== undefined) expect(endedAt - dueAt).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})
