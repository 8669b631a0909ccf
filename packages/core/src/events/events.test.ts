import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, it, vi } from 'vitest'
import { createFakeClock } from '../liveness/fake-clock.js'
import { createEventRing } from './event-ring.js'
import type { ComebackEvent, EventType } from './event-types.js'
import { createEvents } from './events.js'

const clock = createFakeClock()

const heard = (type: EventType, act: () => void): unknown[] => {
  const events: unknown[] = []
  const listen = (event: unknown): void => {
    events.push(event)
  }
  subscribe(`comeback:${type}`, listen)
  try {
    act()
  } finally {
    unsubscribe(`comeback:${type}`, listen)
  }
  return events
}

const quietLogger = () => ({
  debug: vi.fn<(message: string, fields: object) => void>(),
  info: vi.fn<(message: string, fields: object) => void>(),
  warn: vi.fn<(message: string, fields: object) => void>(),
  error: vi.fn<(message: string, fields: object) => void>(),
})

describe('events', () => {
  it('reach the subscribers of their channel with type, pool and time', () => {
    const events = createEvents({ pool: 'orders', clock })
    const got = heard('killed', () => {
      events.publish('killed', { threadId: 7, result: 'gone' })
      events.publish('breaker', { state: 'open' })
    })
    expect(got).toEqual([
      { type: 'killed', pool: 'orders', at: clock.wallNow(), threadId: 7, result: 'gone' },
    ])
  })

  it('are wanted only while somebody listens or logs at their level', () => {
    const events = createEvents({ pool: 'orders', clock })
    expect(events.wanted('killed')).toBe(false)
    heard('killed', () => {
      expect(events.wanted('killed')).toBe(true)
      expect(events.wanted('breaker')).toBe(false)
    })
    expect(events.wanted('killed')).toBe(false)
    const { warn, error } = quietLogger()
    const logged = createEvents({ pool: 'orders', logger: { warn, error }, clock })
    expect(logged.wanted('killed')).toBe(false)
    expect(logged.wanted('breaker')).toBe(true)
  })

  it('cost nothing when nobody is there: their fields are not even read', () => {
    const events = createEvents({ pool: 'orders', clock })
    const fields = new Proxy({ state: 'open' } as const, {
      ownKeys: () => {
        throw new Error('read')
      },
    })
    expect(() => {
      events.publish('breaker', fields)
    }).not.toThrow()
  })

  it('are logged at their level, in one line that holds every plain field', () => {
    const logger = quietLogger()
    const events = createEvents({ pool: 'orders', logger, clock })
    events.publish('outcome-unknown', {
      session: 3,
      threadId: 9,
      verb: 'INSERT',
      code: 'ECONNRESET',
      rule: undefined,
    })
    events.publish('session-lost', { session: 3, baggage: ['temporary-table'] })
    expect(logger.error).toHaveBeenCalledWith(
      'comeback outcome-unknown: nobody knows whether a write was executed pool=orders session=3 threadId=9 verb=INSERT code=ECONNRESET',
      expect.objectContaining({ type: 'outcome-unknown', session: 3 }),
    )
    expect(logger.warn.mock.calls[0]?.[0]).toBe(
      'comeback session-lost: the state of a session was lost pool=orders session=3',
    )
  })

  it('go on when the logger throws or has no method for their level', () => {
    const events = createEvents({
      pool: 'orders',
      logger: {
        warn: () => {
          throw new Error('disk full')
        },
        error: () => undefined,
      },
      clock,
    })
    expect(() => {
      events.publish('breaker', { state: 'open' })
      events.publish('killed', { threadId: 1, result: 'killed' })
    }).not.toThrow()
  })

  it('reach a listener of the pool, whatever their level', () => {
    const got: ComebackEvent[] = []
    const events = createEvents({ pool: 'orders', listener: event => got.push(event), clock })
    expect(events.wanted('killed')).toBe(true)
    events.publish('killed', { threadId: 7, result: 'gone' })
    expect(got).toEqual([
      { type: 'killed', pool: 'orders', at: clock.wallNow(), threadId: 7, result: 'gone' },
    ])
  })

  it('go on when a listener throws, and its error is thrown outside', () => {
    const outside = vi.spyOn(process, 'nextTick').mockImplementation(() => undefined)
    const events = createEvents({
      pool: 'orders',
      listener: () => {
        throw new Error('mistake')
      },
      clock,
    })
    expect(() => {
      events.publish('breaker', { state: 'open' })
    }).not.toThrow()
    const rethrow = outside.mock.calls[0]?.[0] as (() => void) | undefined
    outside.mockRestore()
    expect(rethrow).toThrow('mistake')
  })

  it('keep the methods of a logger bound to it', () => {
    class Log {
      lines: string[] = []
      warn(message: string): void {
        this.lines.push(message)
      }
      error(message: string): void {
        this.lines.push(message)
      }
    }
    const logger = new Log()
    createEvents({ pool: 'p', logger, clock }).publish('breaker', { state: 'open' })
    expect(logger.lines).toHaveLength(1)
  })
})

describe('the ring of a session', () => {
  const event = (threadId: number): ComebackEvent => ({
    type: 'killed',
    pool: 'p',
    at: threadId,
    threadId,
    result: 'killed',
  })

  it('keeps the latest events, oldest first', () => {
    const ring = createEventRing(3)
    expect(ring.recent()).toEqual([])
    for (let at = 1; at <= 5; at++) ring.record(event(at))
    expect(ring.recent().map(kept => kept.at)).toEqual([3, 4, 5])
  })

  it('hands out a copy', () => {
    const ring = createEventRing()
    ring.record(event(1))
    const before = ring.recent()
    ring.record(event(2))
    expect(before).toHaveLength(1)
  })

  it('is given what is published for its session, listeners or not', () => {
    const ring = createEventRing()
    createEvents({ pool: 'p', clock }).publish('reopened', { session: 1, elapsedMs: 3 }, ring)
    expect(ring.recent()).toEqual([
      { type: 'reopened', pool: 'p', at: clock.wallNow(), session: 1, elapsedMs: 3 },
    ])
  })
})
