import { describe, expect, it, vi } from 'vitest'
import { createFakeClock } from '../liveness/fake-clock.js'
import { resolvePolicy } from '../policy/resolve-policy.js'
import { askMany, classifyConnectError, failure, type Link, leftOver, refused, rig } from './fake-port.js'
import { Supervisor } from './supervisor.js'

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
    expect(leftOver(it)).toBe(0)
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
    expect(leftOver(it)).toBe(0)
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

  it('a restart that a new link tells of is a death, and a changed server an event', () => {
    const it = rig()
    const { poison } = it.supervisor
    const server = { uid: 'a', hostname: 'db1', startedAtSeconds: 100 }
    expect(it.supervisor.recognise(server)).toBe('unknown')
    poison.lost('bad', poison.opened())
    expect(it.supervisor.recognise(server)).toBe('same')
    poison.lost('bad', poison.opened())
    expect(it.supervisor.recognise({ ...server, startedAtSeconds: 200 })).toBe('restarted')
    poison.lost('bad', poison.life)
    expect(it.supervisor.recognise({ ...server, startedAtSeconds: 300 })).toBe('restarted')
    expect(poison.deathsOf('bad')).toBe(2)
    expect(it.supervisor.recognise({ ...server, uid: 'b' })).toBe('other')
    expect(it.of('server-changed')).toEqual([
      { change: 'restarted' },
      { change: 'restarted' },
      { change: 'other' },
    ])
    expect(it.supervisor.generation).toBe(3)
  })

  it('one death is counted once, although a refused connection and a new time of start both prove it', async () => {
    const it = rig()
    const { poison } = it.supervisor
    const server = { uid: 'a', startedAtSeconds: 100 }
    it.ask()
    await it.clock.advance(1)
    it.supervisor.recognise(server)
    poison.lost('bad', 0)
    it.answers(attempt => (attempt < 4 ? refused : { afterMs: 1 }))
    it.ask({ firstError: failure('ECONNRESET') })
    await it.clock.advance(500)
    expect(it.supervisor.recognise({ ...server, startedAtSeconds: 200 })).toBe('restarted')
    expect(poison.life).toBe(1)
    poison.lost('killed by somebody', poison.life)
    expect(it.supervisor.recognise({ ...server, startedAtSeconds: 200 })).toBe('same')
    expect(poison.deathsOf('bad')).toBe(0)
    poison.lost('bad', poison.life)
    poison.died()
    expect(poison.deathsOf('bad')).toBe(2)
    expect(poison.deathsOf('killed by somebody')).toBe(0)
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
