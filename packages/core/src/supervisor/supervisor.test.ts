import { describe, expect, it, vi } from 'vitest'
import { DatabaseUnavailableError } from '../errors/database-unavailable-error.js'
import { createFakeClock, type FakeClock } from '../liveness/fake-clock.js'
import { resolvePolicy } from '../policy/resolve-policy.js'
import {
  type Answer,
  classifyConnectError,
  failure,
  type Link,
  overloaded,
  refused,
  rig,
} from './fake-port.js'
import type { OpenRequest } from './link-port.js'
import { Supervisor } from './supervisor.js'

const askMany = (count: number, ask: (request?: OpenRequest) => object, request?: OpenRequest) =>
  Array.from({ length: count }, () => ask(request)) as { link?: Link; error?: unknown; settledAt?: number }[]

/** Nothing runs on: no timer, no attempt, no caller. */
const expectIdle = ({
  supervisor,
  clock,
  inFlight,
}: {
  supervisor: Supervisor<Link>
  clock: FakeClock
  inFlight: number
}) => {
  expect(supervisor.waiting).toBe(0)
  expect(inFlight).toBe(0)
  expect(clock.pending).toBe(0)
}

describe('while the database can be reached', () => {
  it('every caller opens a link of its own at once', async () => {
    const it = rig()
    const callers = askMany(5, it.ask)
    expect(it.attempts).toHaveLength(5)
    await it.clock.advance(1)
    expect(new Set(callers.map(caller => caller.link?.id)).size).toBe(5)
    expectIdle(it)
  })

  it('no more attempts are under way than allowed, and the rest follows in order', async () => {
    const it = rig({}, { maxConcurrentConnects: 3 })
    const callers = askMany(8, it.ask)
    expect(it.attempts).toHaveLength(3)
    await it.clock.advance(10)
    expect(it.mostInFlight).toBe(3)
    expect(callers.map(caller => caller.link?.id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expectIdle(it)
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
    expectIdle(it)
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
    expectIdle(it)
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
    expectIdle(it)
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
    expectIdle(it)
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
    expectIdle(it)
    const before = it.attempts.length
    await it.clock.advance(60_000)
    expect(it.attempts).toHaveLength(before)
    it.answers(() => ({ afterMs: 1 }))
    const next = it.ask()
    await it.clock.advance(1)
    expect(next.link).toBeDefined()
    expectIdle(it)
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
    const callers: { link?: Link; error?: unknown }[] = [it.ask({ firstError: failure('ECONNRESET') })]
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

describe('a caller', () => {
  it('is told at its deadline why there is no link, under the code of its first loss', async () => {
    const it = rig()
    it.answers(() => refused)
    const firstError = failure('PROTOCOL_CONNECTION_LOST')
    const caller = it.ask({ remainingMs: 500, firstError })
    await it.clock.advance(499)
    expect(caller.error).toBeUndefined()
    await it.clock.advance(1)
    expect(caller.error).toBeInstanceOf(DatabaseUnavailableError)
    expect(caller.error).toMatchObject({
      reason: 'deadline',
      code: 'PROTOCOL_CONNECTION_LOST',
      cause: firstError,
      elapsedMs: 500,
    })
    expect((caller.error as Error).message).toContain('ECONNREFUSED')
    expectIdle(it)
  })

  it('is told so even when no attempt was made for it', async () => {
    const it = rig()
    it.answers(() => refused)
    it.ask({ firstError: failure('ECONNRESET') })
    const other = it.ask({ remainingMs: 20 })
    await it.clock.advance(20)
    expect(other.error).toMatchObject({ reason: 'deadline', code: 'ECONNREFUSED' })
    it.supervisor.close()
  })

  it('never waits longer than the policy allows, however much time it has', async () => {
    const it = rig({ outage: { maxWaitMs: 300 } })
    it.answers(() => 'silence')
    const caller = it.ask({ remainingMs: 1e9 })
    await it.clock.advance(300)
    expect(caller.error).toMatchObject({ reason: 'deadline', code: 'ETIMEDOUT' })
    expectIdle(it)
  })

  it('has an attempt that ends before its own deadline and within the connect timeout', async () => {
    const it = rig({ outage: { connectTimeoutMs: 3_000 } })
    it.answers(() => 'silence')
    it.ask({ remainingMs: 1_000 })
    expect(it.attempts[0]?.timeoutMs).toBe(950)
    it.ask({ remainingMs: 9_000 })
    expect(it.attempts[1]?.timeoutMs).toBe(3_000)
    await it.clock.advance(950)
    expect(it.attempts[0]?.aborted).toBe(true)
    it.supervisor.close()
  })

  it('whose own short deadline cut the attempt short ends there, and that is no outage', async () => {
    const it = rig({ outage: { connectTimeoutMs: 1_000 } })
    it.answers(attempt => (attempt === 1 ? 'silence' : { afterMs: 700 }))
    const hurried = it.ask({ remainingMs: 200 })
    const patient = it.ask()
    await it.clock.advance(190)
    expect(hurried.error).toMatchObject({ reason: 'deadline', code: 'ETIMEDOUT' })
    expect(it.supervisor.state).toBe('normal')
    await it.clock.advance(510)
    expect(patient.link).toBeDefined()
    expect(it.attempts).toHaveLength(2)
    expectIdle(it)
  })

  it('that inherits an attempt which was cut short tries again when it runs out', async () => {
    const it = rig({}, { maxConcurrentConnects: 1 })
    it.answers(attempt => (attempt === 1 ? 'silence' : { afterMs: 1 }))
    const abort = new AbortController()
    it.ask({ remainingMs: 100, signal: abort.signal })
    const heir = it.ask()
    abort.abort()
    await it.clock.advance(95)
    expect(heir.error).toBeUndefined()
    await it.clock.advance(1)
    expect(heir.link).toBeDefined()
    expectIdle(it)
  })

  it('with no time left is refused before anything is tried', async () => {
    const it = rig()
    const caller = it.ask({ remainingMs: 0 })
    await it.clock.advance(0)
    expect(caller.error).toMatchObject({ reason: 'deadline' })
    expect(it.attempts).toHaveLength(0)
    expectIdle(it)
  })

  it('gets the driver’s own error at once when access is refused, and only that caller does', async () => {
    const it = rig()
    const denied = failure('ER_ACCESS_DENIED_ERROR')
    it.answers(attempt => (attempt === 1 ? { afterMs: 1, error: denied } : { afterMs: 1 }))
    const [first, second] = askMany(2, it.ask)
    await it.clock.advance(1)
    expect(first?.error).toBe(denied)
    expect(second?.link).toBeDefined()
    expect(it.supervisor.state).toBe('normal')
    expectIdle(it)
  })

  it('that is refused access ends an outage, because the server has spoken', async () => {
    const it = rig()
    it.answers(attempt =>
      attempt === 1 ? refused : { afterMs: 1, error: failure('ER_ACCESS_DENIED_ERROR') },
    )
    const callers = askMany(3, it.ask, { firstError: failure('ECONNRESET') })
    await it.clock.advance(200)
    expect(
      callers.every(caller => (caller.error as { code: string }).code === 'ER_ACCESS_DENIED_ERROR'),
    ).toBe(true)
    expect(it.attempts).toHaveLength(4)
    expect(it.of('outage-end')).toHaveLength(1)
    expectIdle(it)
  })

  it('gets an error that has nothing to do with the database as it is', async () => {
    const it = rig()
    const odd = new TypeError('no such option')
    it.answers(attempt =>
      attempt <= 2 ? { afterMs: 1, error: attempt === 1 ? failure('ECONNREFUSED') : odd } : { afterMs: 1 },
    )
    const [first, second] = askMany(2, it.ask, { firstError: failure('ECONNRESET') })
    await it.clock.advance(500)
    expect(first?.error).toBe(odd)
    expect(second?.link).toBeDefined()
    expectIdle(it)
  })

  it('that aborts is rejected with the signal’s reason, and its attempt is given up', async () => {
    const it = rig()
    it.answers(() => 'silence')
    const abort = new AbortController()
    const caller = it.ask({ signal: abort.signal })
    const reason = new Error('enough')
    abort.abort(reason)
    await it.clock.advance(0)
    expect(caller.error).toBe(reason)
    expect(it.attempts[0]?.aborted).toBe(true)
    expectIdle(it)
    const late = it.ask({ signal: abort.signal })
    await it.clock.advance(0)
    expect(late.error).toBe(reason)
    expect(it.attempts).toHaveLength(1)
  })

  it('that leaves hands its attempt on to one who waits without', async () => {
    const it = rig({}, { maxConcurrentConnects: 1 })
    it.answers(() => ({ afterMs: 10 }))
    const abort = new AbortController()
    it.ask({ signal: abort.signal })
    const heir = it.ask()
    abort.abort()
    await it.clock.advance(10)
    expect(heir.link?.id).toBe(1)
    expect(it.attempts).toHaveLength(1)
    expectIdle(it)
  })

  it('never gets a link that was opened for another context', async () => {
    const it = rig({}, { maxConcurrentConnects: 1 })
    it.answers(() => ({ afterMs: 10 }))
    const abort = new AbortController()
    it.ask({ signal: abort.signal, context: 'orders' })
    const other = it.ask({ context: 'billing' })
    abort.abort()
    await it.clock.advance(10)
    expect(other.link?.id).toBe(1)
    expect(it.attempts.map(attempt => [attempt.context, attempt.aborted])).toEqual([
      ['orders', true],
      ['billing', false],
    ])
  })
})

describe('bounds', () => {
  it('a caller for whom there is no seat during an outage is refused at once', async () => {
    const it = rig({ outage: { maxWaiting: 2 } })
    it.answers(() => refused)
    it.ask({ firstError: failure('ECONNRESET') })
    await it.clock.advance(5)
    it.ask()
    const refusedAtOnce = it.ask({ firstError: failure('ECONNRESET') })
    await it.clock.advance(0)
    expect(refusedAtOnce.error).toMatchObject({ reason: 'waiting-room-full', code: 'ECONNRESET' })
    expect(it.supervisor.waiting).toBe(2)
    it.supervisor.close()
  })

  it('with no seats at all, only the caller that tries waits', async () => {
    const it = rig({ outage: { maxWaiting: 0, breaker: { failures: 1, resetAfterMs: 10 } } })
    it.answers(() => refused)
    const tries = it.ask()
    await it.clock.advance(1)
    expect(tries.error).toMatchObject({ reason: 'breaker-open' })
    const tooEarly = it.ask()
    await it.clock.advance(40)
    expect(tooEarly.error).toMatchObject({ reason: 'waiting-room-full' })
    it.answers(() => ({ afterMs: 1 }))
    const next = it.ask()
    await it.clock.advance(1)
    expect(next.link).toBeDefined()
    expectIdle(it)
  })

  it('an open breaker refuses at once, lets one caller try after its pause, and closes on success', async () => {
    const it = rig({ outage: { breaker: { failures: 3, resetAfterMs: 1_000 } } })
    it.answers(() => refused)
    const callers = askMany(5, it.ask, { firstError: failure('ECONNRESET') })
    await it.clock.advance(120)
    expect(callers.every(caller => (caller.error as { reason: string }).reason === 'breaker-open')).toBe(true)
    expect(it.attempts).toHaveLength(3)
    const refusedAtOnce = it.ask()
    await it.clock.advance(0)
    expect(refusedAtOnce.error).toMatchObject({ reason: 'breaker-open', code: 'ECONNREFUSED' })
    await it.clock.advance(1_000)
    it.answers(() => ({ afterMs: 5 }))
    const trial = it.ask()
    const besides = it.ask()
    await it.clock.advance(5)
    expect(trial.link).toBeDefined()
    expect(besides.error).toMatchObject({ reason: 'breaker-open' })
    expect(it.of('breaker')).toEqual([{ state: 'open' }, { state: 'half-open' }, { state: 'closed' }])
    expectIdle(it)
  })

  it('a breaker whose trial caller goes away lets the next one try', async () => {
    const it = rig({ outage: { breaker: { failures: 1, resetAfterMs: 10 } } })
    it.answers(() => refused)
    it.ask()
    await it.clock.advance(100)
    it.answers(() => 'silence')
    const abort = new AbortController()
    it.ask({ signal: abort.signal })
    abort.abort()
    it.answers(() => ({ afterMs: 1 }))
    await it.clock.advance(100)
    const next = it.ask()
    await it.clock.advance(100)
    expect(next.link).toBeDefined()
  })
})

describe('links that nobody wants', () => {
  it('are closed when they come after their attempt was given up', async () => {
    const clock = createFakeClock()
    const late: Link = { id: 1, closed: false }
    let arrive: (link: Link) => void = () => undefined
    const supervisor = new Supervisor<Link>({
      policy: resolvePolicy({ outage: { maxWaitMs: 50 } }),
      port: {
        openLink: () =>
          new Promise(resolve => {
            arrive = resolve
          }),
        closeLink: link => {
          link.closed = true
        },
        classifyConnectError,
      },
      clock,
    })
    const lost = supervisor.open().catch((error: unknown) => error)
    await clock.advance(50)
    expect(await lost).toMatchObject({ reason: 'deadline' })
    arrive(late)
    await clock.advance(0)
    expect(late.closed).toBe(true)
    expect(clock.pending).toBe(0)
  })

  it('are closed when the one they were opened for has gone by the very event that announces them', async () => {
    const clock = createFakeClock()
    const link: Link = { id: 1, closed: false }
    let attempts = 0
    const supervisor = new Supervisor<Link>({
      policy: resolvePolicy(),
      port: {
        openLink: () => (attempts++ === 0 ? Promise.reject(failure('ECONNREFUSED')) : Promise.resolve(link)),
        closeLink: unwanted => {
          unwanted.closed = true
        },
        classifyConnectError,
      },
      clock,
      events: {
        wanted: () => true,
        publish: type => {
          if (type === 'outage-end') supervisor.close()
        },
      },
    })
    const outcome = supervisor.open().catch((error: unknown) => error)
    await clock.advance(100)
    expect(await outcome).toMatchObject({ reason: 'closed' })
    expect(link.closed).toBe(true)
    expect(clock.pending).toBe(0)
  })

  it('a port that throws, or a classification that throws, rejects the caller it concerns', async () => {
    const clock = createFakeClock()
    const thrown = new RangeError('bad rule')
    const supervisor = new Supervisor<Link>({
      policy: resolvePolicy(),
      port: {
        openLink: () => {
          throw failure('ECONNREFUSED')
        },
        closeLink: () => undefined,
        classifyConnectError: () => {
          throw thrown
        },
      },
      clock,
    })
    await expect(supervisor.open()).rejects.toBe(thrown)
    expect(clock.pending).toBe(0)
  })
})

describe('close', () => {
  it('rejects everybody who waits, gives up the attempts and ends every timer', async () => {
    const it = rig()
    it.answers(() => 'silence')
    const stop = it.supervisor.sweep.watch({ tick: () => undefined })
    const callers = askMany(15, it.ask)
    it.supervisor.close()
    await it.clock.advance(0)
    expect(callers.every(caller => (caller.error as { reason: string }).reason === 'closed')).toBe(true)
    expect(it.attempts.every(attempt => attempt.aborted)).toBe(true)
    const late = it.ask()
    await it.clock.advance(0)
    expect(late.error).toMatchObject({ reason: 'closed' })
    expect(it.supervisor.state).toBe('closed')
    expectIdle(it)
    stop()
  })

  it('in the middle of a pause leaves no timer', async () => {
    const it = rig()
    it.answers(() => refused)
    const caller = it.ask()
    await it.clock.advance(10)
    it.supervisor.close()
    it.supervisor.close()
    await it.clock.advance(0)
    expect(caller.error).toMatchObject({ reason: 'closed' })
    expectIdle(it)
  })
})

describe('what sessions share', () => {
  it('a loss makes suspects of all links, once for each generation that it proves something about', () => {
    const it = rig()
    it.supervisor.suspectAll('link-lost', 0)
    it.supervisor.suspectAll('link-lost', 0)
    expect(it.supervisor.generation).toBe(1)
    it.supervisor.suspectAll('server-changed')
    expect(it.supervisor.generation).toBe(2)
    expect(it.of('suspect')).toEqual([
      { reason: 'link-lost', generation: 1, gapMs: undefined },
      { reason: 'server-changed', generation: 2, gapMs: undefined },
    ])
  })

  it('a freeze makes suspects of all links, noticed by the sweep or before a link is handed out', async () => {
    const it = rig()
    it.clock.freeze(60_000)
    it.supervisor.noticeFreeze()
    expect(it.supervisor.generation).toBe(0)
    const stop = it.supervisor.sweep.watch({ tick: vi.fn<() => void>() })
    await it.clock.advance(5_000)
    it.supervisor.noticeFreeze()
    expect(it.supervisor.generation).toBe(0)
    it.clock.freeze(60_000)
    it.supervisor.noticeFreeze()
    expect(it.supervisor.generation).toBe(1)
    it.clock.freeze(3_600_000, { wallOnly: true })
    await it.clock.advance(100)
    expect(it.supervisor.generation).toBe(2)
    expect(it.of('suspect')[0]).toEqual({ reason: 'freeze', generation: 1, gapMs: 60_000 })
    stop()
    expect(it.clock.pending).toBe(0)
  })

  it('a refused connection after a loss proves the death of the server, once', async () => {
    const it = rig()
    it.ask()
    await it.clock.advance(1)
    expect(it.supervisor.poison.life).toBe(0)
    it.supervisor.poison.lost('digest', 0)
    it.answers(attempt => (attempt < 6 ? refused : { afterMs: 1 }))
    it.ask({ firstError: failure('ECONNRESET') })
    await it.clock.advance(1_000)
    expect(it.supervisor.poison.life).toBe(1)
    expect(it.supervisor.poison.active).toBe(true)
    expect(it.supervisor.poison.deathsOf('digest')).toBe(0)
  })
})
