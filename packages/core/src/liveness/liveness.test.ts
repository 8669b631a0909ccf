import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { systemClock } from './clock.js'
import { createFakeClock } from './fake-clock.js'
import { createFreezeWatch } from './freeze-watch.js'
import { keepAliveEveryMs } from './keep-alive.js'
import { drawLifetimeMs } from './lifetime.js'
import { needsPing } from './needs-ping.js'
import { peek, peekThen } from './peek.js'

const policy = { mode: 'after-idle', afterIdleMs: 1_000, timeoutMs: 1_000 } as const

describe('peek', () => {
  it('asks after exactly two turns of the event loop', async () => {
    const clock = createFakeClock()
    const then = vi.fn<(alive: boolean) => void>()
    peekThen(() => true, then, clock)
    await clock.turn()
    expect(then).not.toHaveBeenCalled()
    await clock.turn()
    expect(then.mock.calls).toEqual([[true]])
  })

  it('tells a death that is seen in either turn', async () => {
    for (const diesIn of [1, 2]) {
      const clock = createFakeClock()
      let alive = true
      const then = vi.fn<(alive: boolean) => void>()
      peekThen(() => alive, then, clock)
      if (diesIn === 1) alive = false
      await clock.turn()
      alive = false
      await clock.turn()
      expect(then.mock.calls).toEqual([[false]])
    }
  })

  it('never calls back before it has returned, not even for a dead link', () => {
    const then = vi.fn<(alive: boolean) => void>()
    peekThen(() => false, then, createFakeClock())
    expect(then).not.toHaveBeenCalled()
  })

  it('sees a close that arrived while the event loop was busy, on a real socket', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const accepted = once(server, 'connection') as Promise<[Socket]>
    const client = connect(address.port, '127.0.0.1').on('error', () => undefined)
    try {
      await once(client, 'connect')
      const [peer] = await accepted
      client.resume()
      expect(await peek(() => !client.destroyed && !client.readableEnded)).toBe(true)
      peer.destroy()
      const until = systemClock.now() + 20
      while (systemClock.now() < until) Math.sqrt(until)
      expect(client.readableEnded).toBe(false)
      // The peer's own close needs a turn to reach the kernel, as the peer lives in this process.
      await new Promise<void>(resolve => {
        systemClock.setImmediate(resolve)
      })
      expect(await peek(() => !client.destroyed && !client.readableEnded)).toBe(false)
    } finally {
      client.destroy()
      server.close()
    }
  })
})

describe('needsPing', () => {
  it('pings after idleness, but not before a statement that is its own ping', () => {
    expect(needsPing({ idleMs: 999, policy, resendable: false })).toBe(false)
    expect(needsPing({ idleMs: 1_000, policy, resendable: false })).toBe(true)
    expect(needsPing({ idleMs: 1_000_000, policy, resendable: true })).toBe(false)
  })

  it('pings always or never when told so', () => {
    for (const resendable of [true, false]) {
      expect(needsPing({ idleMs: 0, policy: { ...policy, mode: 'always' }, resendable })).toBe(true)
      expect(needsPing({ idleMs: 1e9, policy: { ...policy, mode: 'never' }, resendable })).toBe(false)
    }
  })
})

describe('keepAliveEveryMs', () => {
  it('follows the policy until the server would close the link first', () => {
    expect(keepAliveEveryMs({ everyMs: 60_000 })).toBe(60_000)
    expect(keepAliveEveryMs({ everyMs: 60_000, waitTimeoutSeconds: 28_800 })).toBe(60_000)
    expect(keepAliveEveryMs({ everyMs: 60_000, waitTimeoutSeconds: 30 })).toBe(15_000)
    expect(keepAliveEveryMs({ everyMs: 60_000, waitTimeoutSeconds: 1 })).toBe(500)
    expect(keepAliveEveryMs({ everyMs: 60_000, waitTimeoutSeconds: Number.NaN })).toBe(60_000)
  })

  it('is never longer than the policy, nor shorter than 250 ms for the server’s sake', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 1e9 }),
        fc.double({ noNaN: true }),
        (everyMs, waitTimeoutSeconds) => {
          const period = keepAliveEveryMs({ everyMs, waitTimeoutSeconds })
          expect(period).toBeLessThanOrEqual(everyMs)
          expect(period).toBeGreaterThanOrEqual(Math.min(everyMs, 250))
        },
      ),
    )
  })
})

describe('drawLifetimeMs', () => {
  it('spreads the ends of links over the jitter, never beyond the lifetime', () => {
    const lifetime = { maxLifetimeMs: 1_000, lifetimeJitterMs: 100 }
    expect(drawLifetimeMs(lifetime, () => 0)).toBe(1_000)
    expect(drawLifetimeMs(lifetime, () => 0.5)).toBe(950)
    expect(drawLifetimeMs(lifetime)).toBeGreaterThan(900)
    expect(drawLifetimeMs({ maxLifetimeMs: 0, lifetimeJitterMs: 0 })).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('the freeze watch', () => {
  const watched = () => {
    const clock = createFakeClock()
    const onFreeze = vi.fn<(gapMs: number) => void>()
    return { clock, onFreeze, watch: createFreezeWatch({ onFreeze, clock }) }
  }

  it('stays calm while it is looked at in time', async () => {
    const { clock, onFreeze, watch } = watched()
    for (let look = 0; look < 50; look++) {
      await clock.advance(100)
      expect(watch.tick(clock.now())).toBe(false)
    }
    expect(onFreeze).not.toHaveBeenCalled()
  })

  it('reports a process that stood still once, with the gap', () => {
    const { clock, onFreeze, watch } = watched()
    clock.freeze(30_000)
    expect(watch.tick(clock.now())).toBe(true)
    expect(watch.tick(clock.now())).toBe(false)
    expect(onFreeze.mock.calls).toEqual([[30_000]])
  })

  it('reports a machine that slept while the monotonic clock stood still', () => {
    const { clock, onFreeze, watch } = watched()
    clock.freeze(3_600_000, { wallOnly: true })
    expect(watch.tick(clock.now())).toBe(true)
    expect(onFreeze.mock.calls).toEqual([[3_600_000]])
  })

  it('does not take a time in which nobody looked for a freeze', () => {
    const { clock, onFreeze, watch } = watched()
    clock.freeze(30_000)
    watch.reset()
    expect(watch.tick(clock.now())).toBe(false)
    expect(onFreeze).not.toHaveBeenCalled()
  })
})
