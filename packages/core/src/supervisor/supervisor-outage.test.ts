import { describe, expect, it } from 'vitest'
import { type Answer, askMany, failure, leftOver, overloaded, refused, rig } from './fake-port.js'

describe('while the database can be reached', () => {
  it('every caller opens a link of its own at once', async () => {
    const it = rig()
    const callers = askMany(5, it.ask)
    expect(it.attempts).toHaveLength(5)
    await it.clock.advance(1)
    expect(new Set(callers.map(caller => caller.link?.id)).size).toBe(5)
    expect(leftOver(it)).toBe(0)
  })

  it('no more attempts are under way than allowed, and the rest follows in order', async () => {
    const it = rig({}, { maxConcurrentConnects: 3 })
    const callers = askMany(8, it.ask)
    expect(it.attempts).toHaveLength(3)
    await it.clock.advance(10)
    expect(it.mostInFlight).toBe(3)
    expect(callers.map(caller => caller.link?.id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(leftOver(it)).toBe(0)
  })

  it('the first attempt after a loss goes alone, and a hundred callers follow it in growing numbers', async () => {
    const it = rig()
    const callers = askMany(100, it.ask, { firstError: failure('ECONNRESET', 'read') })
    expect(it.attempts).toHaveLength(1)
    await it.clock.advance(1)
    expect(it.inFlight).toBe(2)
    await it.clock.advance(1)
    expect(it.inFlight).toBe(4)
    await it.clock.advance(30)
    expect(callers.every(caller => caller.link !== undefined)).toBe(true)
    expect(it.attempts).toHaveLength(100)
    expect(it.mostInFlight).toBe(10)
    expect(leftOver(it)).toBe(0)
  })
})

describe('during an outage', () => {
  it('one attempt at a time is made on behalf of all callers, and the first one gets its link', async () => {
    const it = rig()
    let up = false
    it.answers(() => (up ? { afterMs: 1 } : refused))
    const callers = askMany(100, it.ask, { firstError: failure('ECONNRESET', 'read') })
    await it.clock.advance(1_000)
    expect(it.supervisor.state).toBe('outage')
    expect(it.mostInFlight).toBe(1)
    expect(it.attempts.length).toBeLessThanOrEqual(34)
    const before = it.attempts.length
    up = true
    const since = it.clock.now()
    await it.clock.advance(200)
    expect((callers[0]?.settledAt ?? 0) - since).toBeLessThanOrEqual(50)
    expect(callers.map(caller => caller.link?.id)).toEqual(callers.map((_, index) => index + 1))
    expect(it.attempts.length - before).toBe(100)
    expect(it.supervisor.state).toBe('normal')
    expect(leftOver(it)).toBe(0)
  })

  it('it is probed every 40 ms while connects are refused at once, a little jittered', async () => {
    const it = rig()
    it.answers(() => refused)
    it.ask()
    await it.clock.advance(2_000)
    const pauses = it.attempts.slice(1).map(({ at }, index) => at - (it.attempts[index]?.at ?? 0))
    for (const pause of pauses) {
      expect(pause).toBeGreaterThanOrEqual(30)
      expect(pause).toBeLessThanOrEqual(42)
    }
    it.supervisor.close()
  })

  it('the pauses grow up to their bound when the server answers but lets nobody in', async () => {
    const it = rig({ outage: { maxWaitMs: 60_000 } })
    it.answers(() => overloaded)
    it.ask()
    await it.clock.advance(20_000)
    const pauses = it.attempts
      .slice(1)
      .map(({ at }, index) => Math.round(at - (it.attempts[index]?.at ?? 0) - 1))
    expect(pauses.slice(0, 8)).toEqual([13, 25, 50, 100, 200, 400, 500, 500])
    it.supervisor.close()
    expect(leftOver(it)).toBe(0)
  })

  it('attempts that were under way when it began may finish, and none is started beside them', async () => {
    const it = rig()
    it.answers(attempt => (attempt === 1 ? overloaded : { afterMs: 300 }))
    const callers = askMany(4, it.ask)
    await it.clock.advance(200)
    expect(it.supervisor.state).toBe('outage')
    expect(it.attempts).toHaveLength(4)
    expect(it.attempts.every(attempt => !attempt.aborted)).toBe(true)
    await it.clock.advance(800)
    expect(callers.every(caller => caller.link !== undefined)).toBe(true)
    expect(it.attempts).toHaveLength(5)
    expect(leftOver(it)).toBe(0)
  })

  it('a caller that comes later waits behind the others, although it could have opened a link by itself', async () => {
    const it = rig()
    let up = false
    it.answers(() => (up ? { afterMs: 1 } : refused))
    const early = askMany(3, it.ask, { firstError: failure('ECONNRESET') })
    await it.clock.advance(50)
    const late = it.ask()
    up = true
    await it.clock.advance(100)
    expect([...early, late].map(caller => caller.link?.id)).toEqual([1, 2, 3, 4])
  })

  it('begins and ends once, with what happened', async () => {
    const it = rig()
    it.answers(attempt => (attempt <= 3 ? refused : { afterMs: 1 }))
    askMany(2, it.ask, { firstError: failure('ECONNRESET') })
    await it.clock.advance(1_000)
    expect(it.of('outage-begin')).toEqual([
      { kind: 'unreachable', code: 'ECONNREFUSED', errno: undefined, rule: 'test.unreachable' },
    ])
    expect(it.of('outage-end')).toEqual([{ durationMs: 108, attempts: 3, waiting: 2 }])
  })

  it('makes suspects of the links that are left when the host can not be reached', async () => {
    const it = rig()
    it.answers(attempt => (attempt === 1 ? refused : { afterMs: 1 }))
    it.ask()
    expect(it.supervisor.generation).toBe(0)
    await it.clock.advance(100)
    expect(it.supervisor.generation).toBe(1)
    const busy = rig()
    busy.answers(attempt => (attempt === 1 ? overloaded : { afterMs: 1 }))
    busy.ask()
    await busy.clock.advance(100)
    expect(busy.supervisor.generation).toBe(0)
  })

  it('no timer is set and nothing is tried while nobody waits; the next caller tries at once', async () => {
    const it = rig({ outage: { maxWaitMs: 100 } })
    it.answers(() => refused)
    it.ask()
    await it.clock.advance(100)
    expect(leftOver(it)).toBe(0)
    const before = it.attempts.length
    await it.clock.advance(60_000)
    expect(it.attempts).toHaveLength(before)
    it.answers(() => ({ afterMs: 1 }))
    const next = it.ask()
    await it.clock.advance(1)
    expect(next.link).toBeDefined()
    expect(leftOver(it)).toBe(0)
  })

  it('a probe without a result is followed by a pause: its caller has gone, or got an error that is its own', async () => {
    for (const end of ['abort', 'final'] as const) {
      const it = rig({ retry: { backoff: { initialMs: 100 } } })
      const odd: Answer = { afterMs: 1, error: new TypeError('no such option') }
      it.answers(attempt => (attempt === 1 ? overloaded : end === 'final' ? odd : 'silence'))
      const abort = new AbortController()
      it.ask({ signal: abort.signal, firstError: failure('ECONNRESET'), context: 1 })
      it.ask({ context: 2 })
      await it.clock.advance(60)
      if (end === 'abort') abort.abort()
      await it.clock.advance(40)
      expect(it.attempts).toHaveLength(2)
      await it.clock.advance(20)
      expect(it.attempts).toHaveLength(3)
      it.supervisor.close()
    }
  })

  it('a hurried caller’s attempt that runs out is followed by a pause as well', async () => {
    const it = rig({ retry: { backoff: { initialMs: 100 } }, outage: { connectTimeoutMs: 200 } })
    it.answers(attempt => (attempt === 1 ? overloaded : 'silence'))
    for (let caller = 0; caller < 20; caller++)
      it.ask({ remainingMs: 100 + caller, firstError: failure('ECONNRESET') })
    await it.clock.advance(130)
    expect(it.attempts.map(attempt => attempt.state)).toEqual(['normal', 'outage'])
  })

  it('an attempt is made for a caller with time for it, so that a queue of the nearly late starves nobody', async () => {
    const it = rig({ outage: { maxWaitMs: 2_000, connectTimeoutMs: 500 } })
    it.answers(() => 'silence')
    const callers = [it.ask({ firstError: failure('ECONNRESET') })]
    for (let step = 0; step < 30; step++) {
      await it.clock.advance(100)
      callers.push(it.ask())
    }
    expect(it.attempts.length).toBeGreaterThan(4)
    expect(it.attempts.every(attempt => attempt.timeoutMs === 500)).toBe(true)
    it.answers(() => ({ afterMs: 300 }))
    await it.clock.advance(2_000)
    expect(callers.at(-1)?.link).toBeDefined()
    it.supervisor.close()
  })
})
