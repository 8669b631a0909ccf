import { atCommit, cut, cutAfterForward, delay, garbage, hold, injectError, silence } from '@comeback/chaos'
import { describe, expect, it } from 'vitest'
import { availableServers } from '../database/index.js'
import { outcome, useBed } from './bed.js'

const insert = 'INSERT INTO t (v) VALUES (7)'
const lost = 'PROTOCOL_CONNECTION_LOST'

for (const { flavour, version } of await availableServers()) {
  describe(`triggers, in front of ${flavour} ${version}`, () => {
    const bed = useBed(flavour)

    it('the nth connection is refused, the others are not', async () => {
      bed.proxy.inject(cut({ how: 'rst' }), { phase: 'connect', connection: 2 })
      const outcomes = [
        await outcome(bed.connect()),
        await outcome(bed.connect()),
        await outcome(bed.connect()),
      ]
      expect(outcomes).toEqual(['ok', 'ECONNRESET', 'ok'])
      expect(bed.proxy.journal.connections[1]).toMatchObject({
        closedBy: 'proxy',
        closeKind: 'rst',
        faults: ['cut'],
      })
    })

    it('the next n connections are refused', async () => {
      const injected = bed.proxy.inject(cut(), { phase: 'connect', times: 2 })
      const outcomes = [
        await outcome(bed.connect()),
        await outcome(bed.connect()),
        await outcome(bed.connect()),
      ]
      expect(outcomes).toEqual([lost, lost, 'ok'])
      expect(injected.hits).toBe(2)
    })

    it('a server that never greets is given up at the connect timeout', async () => {
      bed.proxy.inject(silence(), { phase: 'connect' })
      expect(await outcome(bed.connect({ connectTimeout: 60 }))).toBe('ETIMEDOUT')
      await bed.connect()
    })

    it('a greeting that comes late is still a greeting; one that comes after the client left is none', async () => {
      bed.proxy.inject(delay({ ms: 60 }), { phase: 'connect' })
      const startedAt = performance.now()
      await bed.connect()
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(59)

      const held = hold()
      bed.proxy.inject(held, { phase: 'connect' })
      expect(await outcome(bed.connect({ connectTimeout: 30 }))).toBe('ETIMEDOUT')
      await bed.proxy.until(journal => journal.openConnections.length === 1)
      held.release()
      expect(bed.proxy.journal.connections[1]).toMatchObject({ serverOpen: false, threadId: undefined })
    })

    it('a login can be cut before and after the server has seen it', async () => {
      bed.proxy.inject(cut(), { phase: 'login' })
      bed.proxy.inject(cutAfterForward(), { phase: 'login' })
      expect(await outcome(bed.connect())).toBe(lost)
      expect(await outcome(bed.connect())).toBe(lost)
      expect(bed.proxy.journal.connections.map(({ loggedIn }) => loggedIn)).toEqual([false, true])
    })

    it('the nth command of a connection is hit', async () => {
      const [first, second] = [await bed.connect(), await bed.connect()]
      bed.proxy.inject(injectError({ errno: 1205 }), { connection: 2, command: 2 })
      const outcomes: (string | number)[] = []
      for (const client of [first, second, first, second, second]) {
        outcomes.push(await outcome(client.query('SELECT 1')))
      }
      expect(outcomes).toEqual(['ok', 'ok', 'ok', 1205, 'ok'])
    })

    it('the nth matching command since the injection is hit, so often', async () => {
      const client = await bed.connect()
      await client.query(insert)
      bed.proxy.inject(injectError({ errno: 1205 }), { match: /^INSERT/, nth: 2, times: 2 })
      const outcomes: (string | number)[] = []
      for (let turn = 0; turn < 5; turn++) outcomes.push(await outcome(client.query(insert)))
      expect(outcomes).toEqual(['ok', 1205, 1205, 'ok', 'ok'])
      expect(await bed.values()).toHaveLength(4)
    })

    it('a fault that always strikes stops when it is removed', async () => {
      const client = await bed.connect()
      const injected = bed.proxy.inject(injectError({ errno: 1205 }), { match: /^INSERT/, times: 'always' })
      expect(await outcome(client.query(insert))).toBe(1205)
      expect(await outcome(client.query(insert))).toBe(1205)
      expect((await injected.whenHit({ nth: 2 })).command?.index).toBe(2)
      injected.remove()
      expect(await outcome(client.query(insert))).toBe('ok')
      expect(injected.hits).toBe(2)
    })

    it('commands are told apart by kind', async () => {
      const client = await bed.connect()
      bed.proxy.inject(injectError({ errno: 1047 }), { kind: 'ping', times: 'always' })
      bed.proxy.inject(injectError({ errno: 1205 }), {
        kind: ['reset-connection', 'init-db'],
        times: 'always',
      })
      expect(await outcome(client.ping())).toBe(1047)
      expect(await outcome(client.reset())).toBe(1205)
      expect(await outcome(client.query(insert))).toBe('ok')
    })

    it('COMMIT is found in a text of several statements, if told so', async () => {
      const client = await bed.connect({ multipleStatements: true })
      const alone = bed.proxy.inject(cutAfterForward(), atCommit())
      const anywhere = bed.proxy.inject(cutAfterForward(), atCommit({ anywhere: true }))
      expect(await outcome(client.query(`BEGIN; ${insert}; COMMIT`))).toBe(lost)
      expect([alone.hits, anywhere.hits]).toEqual([0, 1])
      expect(await bed.values()).toEqual([7])
      expect(bed.proxy.journal.commands.at(-1)?.answer).toMatchObject({
        kind: 'ok',
        results: 3,
        affectedRows: 1,
      })
    })

    it('an idle connection dies, one in the middle of a query does not', async () => {
      const [idle, busy] = [await bed.connect(), await bed.connect()]
      const held = hold()
      bed.proxy.inject(held, { connection: 2 })
      const query = busy.query('SELECT 1')
      await bed.proxy.until(journal => journal.commands.length === 1)
      const died = new Promise(resolve => idle.on('error', error => resolve(error.code)))
      bed.proxy.inject(cut({ how: 'rst' }), { phase: 'idle' })
      expect(await died).toBe('ECONNRESET')
      expect(bed.proxy.journal.openConnections.map(({ id }) => id)).toEqual([2])
      held.release()
      await query
    })

    it('a connection dies once it has been idle for so long, and not before', async () => {
      const client = await bed.connect()
      bed.proxy.inject(cut(), { phase: 'idle', idleMs: 250 })
      await client.query('SELECT 1')
      await new Promise(resolve => setTimeout(resolve, 80))
      const lastAt = performance.now()
      await client.query('SELECT 2')
      await bed.proxy.until(journal => journal.openConnections.length === 0)
      expect(performance.now() - lastAt).toBeGreaterThanOrEqual(245)
      expect(bed.proxy.journal.connections[0]?.faults).toEqual(['cut'])
    })

    it('a stream is cut after so many bytes, also where its borders are unknown', async () => {
      const client = await bed.connect({ compress: true })
      expect(await outcome(client.query('SELECT 1'))).toBe('ok')
      expect(bed.proxy.journal.connections[0]?.opaque).toBe(true)
      bed.proxy.inject(cut({ how: 'rst' }), { phase: 'stream', afterBytes: 10_000 })
      const lines = Array.from({ length: 3_000 }, (_, index) => `SELECT '${Math.sin(index)}'`).join(
        ' UNION ALL ',
      )
      expect(await outcome(client.query(lines))).toBe('ECONNRESET')
      expect(bed.proxy.journal.connections[0]).toMatchObject({ open: false, faults: ['cut'] })
    })

    it('bytes of a stream are counted in the direction asked for', async () => {
      const client = await bed.connect()
      bed.proxy.inject(cut(), { phase: 'stream', direction: 'to-server', afterBytes: 5_000 })
      expect(await outcome(client.query('SELECT 1'))).toBe('ok')
      expect(await outcome(client.query(`INSERT INTO t (v) VALUES (LENGTH('${'x'.repeat(10_000)}'))`))).toBe(
        lost,
      )
      expect(await bed.values()).toEqual([])
      expect(bed.proxy.journal.commands.at(-1)?.forwarded).toBe('no')
    })

    it('the packets of both directions are counted, greeting and login among them', async () => {
      const client = await bed.connect()
      const [before] = bed.proxy.journal.connections
      const { packetsToServer, packetsToClient } = before ?? { packetsToServer: 0, packetsToClient: 0 }
      await client.query('SELECT 1 AS a UNION SELECT 2')
      // Count, column, EOF, two rows, EOF.
      expect(bed.proxy.journal.connections[0]).toMatchObject({
        packetsToServer: packetsToServer + 1,
        packetsToClient: packetsToClient + 6,
      })
    })

    it('an answer is held, or cut, between two of its packets and inside one', async () => {
      const client = await bed.connect()
      const packets = bed.proxy.journal.connections[0]?.packetsToClient ?? 0
      const held = hold()
      const injected = bed.proxy.inject(held, { phase: 'stream', afterPackets: packets + 4 })
      const answer = outcome(client.query('SELECT 1 AS a UNION SELECT 2'))
      await injected.whenHit()
      expect(bed.proxy.journal.connections[0]).toMatchObject({ packetsToClient: packets + 4 })
      expect(bed.proxy.journal.commands[0]).toMatchObject({ answered: 'no' })
      held.release()
      expect(await answer).toBe('ok')

      bed.proxy.inject(cut({ how: 'rst' }), { phase: 'stream', afterPackets: packets + 7, afterBytes: 5 })
      expect(await outcome(client.query('SELECT 1'))).toBe('ECONNRESET')
      expect(bed.proxy.journal.connections[0]).toMatchObject({ packetsToClient: packets + 7 })
    })

    it('an answer that is whole when the connection is cut behind it counts as answered', async () => {
      const client = await bed.connect()
      const packets = bed.proxy.journal.connections[0]?.packetsToClient ?? 0
      bed.proxy.inject(cut(), { phase: 'stream', afterPackets: packets + 1 })
      expect(await outcome(client.query(insert))).toBe('ok')
      await bed.proxy.until(journal => journal.openConnections.length === 0)
      expect(bed.proxy.journal.commands[0]).toMatchObject({ forwarded: 'yes', answered: 'yes' })
    })

    it('a connection is cut behind a request, whose answer is lost', async () => {
      const client = await bed.connect()
      const packets = bed.proxy.journal.connections[0]?.packetsToServer ?? 0
      bed.proxy.inject(cut(), { phase: 'stream', direction: 'to-server', afterPackets: packets + 1 })
      expect(await outcome(client.query(insert))).toBe(lost)
      expect(bed.proxy.journal.commands[0]).toMatchObject({ forwarded: 'yes', answered: 'no' })
    })

    it('garbage can be put into the middle of a stream', async () => {
      const client = await bed.connect()
      bed.proxy.inject(garbage({ ending: 'fin' }), { phase: 'stream', afterBytes: 1_000 })
      expect(await outcome(client.query("SELECT REPEAT('x', 5000)"))).not.toBe('ok')
    })

    it('a predicate that throws fails the test at close()', async () => {
      const client = await bed.connect()
      const bug = new Error('bug in a predicate')
      bed.proxy.inject(cut(), {
        match: () => {
          throw bug
        },
      })
      expect(await outcome(client.query('SELECT 1'))).toBe('ok')
      await expect(bed.proxy.close()).rejects.toBe(bug)
      await bed.proxy.close()
    })
  })
}
