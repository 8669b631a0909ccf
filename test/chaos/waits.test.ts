import { atCommit, delay, freeze, hold, silence, slow } from '@comeback/chaos'
import { describe, expect, it } from 'vitest'
import { availableServers } from '../database/index.js'
import { eventually, outcome, useBed } from './bed.js'

const insert = 'INSERT INTO t (v) VALUES (7)'
const pending = Symbol('pending')

/** Whether a promise is still pending after a moment. */
async function isPending(promise: Promise<unknown>, forMs = 30): Promise<boolean> {
  const moment = new Promise(resolve => setTimeout(resolve, forMs, pending))
  return (await Promise.race([promise.catch(() => undefined), moment])) === pending
}

for (const { flavour, version } of await availableServers()) {
  describe(`silence and waiting, in front of ${flavour} ${version}`, () => {
    const bed = useBed(flavour)

    it('in silence nothing arrives, nobody is told, and the server keeps its thread', async () => {
      const client = await bed.connect()
      bed.proxy.inject(silence(), { match: /^INSERT/ })
      expect(await outcome(client.query({ sql: insert, timeout: 40 }))).toBe('PROTOCOL_SEQUENCE_TIMEOUT')
      const later = client.query(insert)
      later.catch(() => {})
      expect(await isPending(later)).toBe(true)
      expect(await bed.values()).toEqual([])
      expect(bed.proxy.journal.sentTimes(/^INSERT/)).toBe(0)
      expect(bed.proxy.journal.openConnections).toHaveLength(1)

      client.destroy()
      await bed.proxy.until(journal => journal.openConnections.length === 0)
      expect(bed.proxy.journal.connections[0]).toMatchObject({ closedBy: 'client', serverOpen: true })
      expect(await bed.server.admin.processlist()).toHaveLength(1)
    })

    it('what silence has left of a connection goes on request, with the thread of the server', async () => {
      const [abandoned, kept] = [await bed.connect(), await bed.connect()]
      bed.proxy.inject(silence(), { match: /^INSERT/ })
      expect(await outcome(abandoned.query({ sql: insert, timeout: 40 }))).toBe('PROTOCOL_SEQUENCE_TIMEOUT')
      abandoned.destroy()
      await bed.proxy.until(journal => journal.openConnections.length === 1)
      bed.proxy.dropAbandoned()
      await eventually(
        () => bed.server.admin.processlist(),
        threads => threads.length === 1,
      )
      expect(bed.proxy.journal.connections[0]).toMatchObject({ closedBy: 'client', serverOpen: false })
      expect(await outcome(kept.query(insert))).toBe('ok')
      expect(await bed.values()).toEqual([7])
    })

    it('in silence towards the client, commands are executed and their answers vanish', async () => {
      const client = await bed.connect()
      bed.proxy.inject(silence({ direction: 'to-client' }), { match: /^INSERT/ })
      expect(await outcome(client.query({ sql: insert, timeout: 40 }))).toBe('PROTOCOL_SEQUENCE_TIMEOUT')
      await bed.proxy.until(journal => journal.commands.at(-1)?.answer?.affectedRows === 1)
      expect(await bed.values()).toEqual([7])
      expect(bed.proxy.journal.commands.at(-1)).toMatchObject({ forwarded: 'yes', answered: 'no' })
    })

    it('in silence towards the server, an answer that is already on its way arrives', async () => {
      const client = await bed.connect()
      const held = hold({ direction: 'to-client' })
      bed.proxy.inject(held, { match: /^INSERT/ })
      bed.proxy.inject(silence({ direction: 'to-server' }), { match: /^SELECT/ })
      const first = client.query(insert)
      await bed.proxy.until(journal => journal.commands.at(-1)?.answer !== undefined)
      held.release()
      await first
      expect(await outcome(client.query({ sql: 'SELECT 1', timeout: 40 }))).toBe('PROTOCOL_SEQUENCE_TIMEOUT')
      expect(bed.proxy.journal.sentTimes()).toBe(1)
    })

    it('a delayed COMMIT arrives late, a delayed answer too', async () => {
      const client = await bed.connect()
      for (const direction of ['to-server', 'to-client'] as const) {
        await client.beginTransaction()
        await client.query(insert)
        bed.proxy.inject(delay({ ms: 80, direction }), atCommit())
        const startedAt = performance.now()
        await client.commit()
        expect(performance.now() - startedAt).toBeGreaterThanOrEqual(79)
        expect(bed.proxy.journal.commands.at(-1)).toMatchObject({
          forwarded: 'yes',
          answered: 'yes',
          fault: 'delay',
        })
      }
      expect(await bed.values()).toEqual([7, 7])
    })

    it('a delayed COMMIT arrives although the client was cut off, or has left by itself', async () => {
      for (const cut of ['fin', 'rst', undefined] as const) {
        await bed.server.admin.query('TRUNCATE test.t')
        const client = await bed.connect()
        await client.beginTransaction()
        await client.query(insert)
        const held = hold(cut === undefined ? {} : { cut })
        const injected = bed.proxy.inject(held, atCommit())
        const result = outcome(client.commit())
        await injected.whenHit()
        if (cut === undefined) client.destroy()
        else expect(await result).toBe(cut === 'fin' ? 'PROTOCOL_CONNECTION_LOST' : 'ECONNRESET')
        await bed.proxy.until(journal => journal.openConnections.length === 0)
        expect(await bed.values()).toEqual([])
        expect(await bed.server.admin.processlist()).toHaveLength(1)
        held.release()
        await bed.proxy.until(journal => journal.commands.at(-1)?.answer?.kind === 'ok')
        expect(await bed.values()).toEqual([7])
        expect(bed.proxy.journal.commands.at(-1)).toMatchObject({ forwarded: 'yes', answered: 'no' })
        await eventually(
          () => bed.server.admin.processlist(),
          threads => threads.length === 0,
        )
      }
    })

    it('a held answer leaves the row visible before its writer knows', async () => {
      const client = await bed.connect()
      const held = hold({ direction: 'to-client' })
      bed.proxy.inject(held, { match: /^INSERT/ })
      const write = client.query(insert)
      await bed.proxy.until(journal => journal.commands.at(-1)?.answer !== undefined)
      expect(await bed.values()).toEqual([7])
      expect(await isPending(write)).toBe(true)
      held.release()
      await write
    })

    it('what is held passes with release(), and so does all behind it', async () => {
      const client = await bed.connect()
      const held = hold({ direction: 'both' })
      const injected = bed.proxy.inject(held, { match: /^INSERT/ })
      const both = Promise.all([client.query(insert), client.query('SELECT 1')])
      expect((await injected.whenHit()).command?.sql).toBe(insert)
      expect(await isPending(both)).toBe(true)
      expect(bed.proxy.journal.sentTimes()).toBe(0)
      held.release()
      await both
      expect(bed.proxy.journal.answeredTimes()).toBe(2)
    })

    it('a frozen proxy stands still at a command, for all connections, and loses nothing', async () => {
      const [first, second] = [await bed.connect(), await bed.connect()]
      const injected = bed.proxy.inject(freeze(), { match: /^INSERT/ })
      const write = first.query(insert)
      await injected.whenHit()
      const read = second.query('SELECT 1')
      const third = bed.connect()
      expect(await isPending(Promise.race([write, read, third]))).toBe(true)
      expect(bed.proxy.journal.sentTimes()).toBe(0)
      bed.proxy.thaw()
      await Promise.all([write, read, third])
      expect(await bed.values()).toEqual([7])
    })

    it('a proxy frozen by hand holds back answers and new connections, too', async () => {
      const client = await bed.connect()
      await client.query(insert)
      bed.proxy.freeze()
      const waiting = [client.query(insert), bed.connect()]
      expect(await isPending(Promise.race(waiting))).toBe(true)
      expect(await bed.values()).toEqual([7])
      bed.proxy.thaw()
      await Promise.all(waiting)
      expect(await bed.values()).toEqual([7, 7])
    })

    it('a slow link takes as long as its bytes need', async () => {
      const client = await bed.connect()
      bed.proxy.inject(slow({ bytesPerSecond: 2_000, direction: 'to-client' }), { match: /REPEAT/ })
      const startedAt = performance.now()
      const [rows] = await client.query("SELECT REPEAT('x', 500) AS text")
      expect((rows as { text: string }[])[0]?.text).toHaveLength(500)
      expect(performance.now() - startedAt).toBeGreaterThan(200)

      bed.proxy.clear()
      const clearedAt = performance.now()
      await client.query("SELECT REPEAT('x', 20000) AS text")
      expect(performance.now() - clearedAt).toBeLessThan(8_000)
    })

    it('clear() releases what is held, thaws and forgets the faults', async () => {
      const client = await bed.connect()
      const injected = bed.proxy.inject(hold(), { match: /^INSERT/, times: 'always' })
      const write = client.query(insert)
      await injected.whenHit()
      bed.proxy.freeze()
      bed.proxy.clear()
      await write
      await client.query(insert)
      expect(injected.hits).toBe(1)
      expect(await bed.values()).toEqual([7, 7])
    })
  })
}
