import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { systemClock } from './clock.js'
import { createFakeClock } from './fake-clock.js'
import { createPollWatch, WATCH_MS } from './poll-watch.js'

const UNKNOWN = Number.NEGATIVE_INFINITY

describe('the poll watch', () => {
  it('knows nothing until a whole poll lies between two turns', async () => {
    const clock = createFakeClock()
    const watch = createPollWatch(clock)
    expect(watch.seenUpTo(clock.now())).toBe(UNKNOWN)
    await clock.turn()
    expect(watch.seenUpTo(clock.now())).toBe(UNKNOWN)
    const firstTurn = clock.now()
    clock.freeze(5)
    await clock.turn()
    expect(watch.seenUpTo(clock.now())).toBe(firstTurn)
  })

  it('tells the turn before the last, since what arrived in the last may wait in the same poll', async () => {
    const clock = createFakeClock()
    const watch = createPollWatch(clock)
    const turns: number[] = []
    for (let turn = 0; turn < 10; turn++) {
      watch.seenUpTo(clock.now())
      clock.freeze(7)
      turns.push(clock.now())
      await clock.turn()
    }
    expect(watch.seenUpTo(clock.now())).toBe(turns.at(-2))
  })

  it('ends when nobody has asked for a while, and knows nothing then', async () => {
    const clock = createFakeClock()
    const watch = createPollWatch(clock)
    watch.seenUpTo(clock.now())
    await clock.turn()
    await clock.turn()
    clock.freeze(WATCH_MS + 1)
    await clock.turn()
    expect(watch.seenUpTo(clock.now())).toBe(UNKNOWN)
    // Asked again, it begins anew.
    await clock.turn()
    await clock.turn()
    expect(watch.seenUpTo(clock.now())).toBe(clock.now())
  })

  it('does not keep the event loop turning', async () => {
    const watch = createPollWatch()
    watch.seenUpTo(systemClock.now())
    let turns = 0
    const counting = setInterval(() => undefined, 1_000)
    const counter = (): void => {
      turns += 1
      setImmediate(counter).unref()
    }
    setImmediate(counter).unref()
    await new Promise(resolve => setTimeout(resolve, 30))
    clearInterval(counting)
    // A loop that does not wait turns thousands of times in this while.
    expect(turns).toBeLessThan(100)
  })

  it('has seen, on a real socket, every close that came before the time that it tells', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const accepted = once(server, 'connection') as Promise<[Socket]>
    const client = connect(address.port, '127.0.0.1').on('error', () => undefined)
    const watch = createPollWatch()
    try {
      await once(client, 'connect')
      const [peer] = await accepted
      client.resume()
      watch.seenUpTo(systemClock.now())
      peer.destroy()
      // The kernel of the loopback has the FIN now; the loop is kept from polling.
      const until = systemClock.now() + 5
      while (systemClock.now() < until) Math.sqrt(until)
      while (watch.seenUpTo(systemClock.now()) < until) {
        await new Promise<void>(resolve => {
          systemClock.setImmediate(resolve)
        })
      }
      expect(client.readableEnded || client.destroyed).toBe(true)
    } finally {
      client.destroy()
      server.close()
    }
  })
})
