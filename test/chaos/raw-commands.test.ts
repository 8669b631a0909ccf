import { cut, cutAfterForward, injectError } from '@comeback/chaos'
import { describe, expect, it } from 'vitest'
import { availableServers } from '../database/index.js'
import { callbackFlavour, useBed } from './bed.js'
import { rawClient } from './raw-client.js'

const query = (sql: string): Buffer => Buffer.from(`\x03${sql}`)
const insert = (value: number): Buffer => query(`INSERT INTO t (v) VALUES (${value})`)
const byte = (...values: number[]): Buffer => Buffer.from(values)
const okSize = 11

/** Commands that stock mysql2 does not send, or not like this. */
for (const { flavour, version } of await availableServers()) {
  describe(`raw commands, in front of ${flavour} ${version}`, () => {
    // Query attributes stand before the text of a query: without them a query is its text.
    const bed = useBed(flavour)
    const open = async () => rawClient(await bed.connect({ flags: ['-CLIENT_QUERY_ATTRIBUTES'] }))

    it('commands sent at once are told apart, and so are their answers', async () => {
      const raw = await open()
      raw.send(insert(1), byte(0x0e), insert(2), query('SELECT 1 UNION SELECT 2'))
      await bed.proxy.until(journal => journal.answeredTimes() === 4)
      expect(
        bed.proxy.journal.commands.map(({ kind, answer }) => [kind, answer?.affectedRows, answer?.rows]),
      ).toEqual([
        ['query', 1, 0],
        ['ping', 0, 0],
        ['query', 1, 0],
        ['query', 0, 2],
      ])
    })

    it('a cut leaves the answers to earlier commands alone', async () => {
      for (const fault of [cut(), cutAfterForward()]) {
        const raw = await open()
        bed.proxy.inject(fault, { match: /\(2\)/ })
        raw.send(insert(1), insert(2), insert(3))
        expect(await raw.receive(1_000)).toHaveLength(okSize)
      }
      expect(await bed.values()).toEqual([1, 1, 2])
      expect(bed.proxy.journal.sentTimes(/\(3\)/)).toBe(0)
    })

    it('an injected error comes in its turn', async () => {
      const raw = await open()
      bed.proxy.inject(injectError({ errno: 1205 }), { match: /\(2\)/ })
      raw.send(insert(1), insert(2), insert(3))
      const answers = await raw.receive(okSize + 5)
      expect([answers[4], answers[okSize + 4]]).toEqual([0x00, 0xff])
      await bed.proxy.until(journal => journal.answeredTimes() === 2)
      expect(await bed.values()).toEqual([1, 3])
    })

    it('a cursor is opened and fetched from', async () => {
      await bed.server.admin.query('INSERT INTO test.t (v) VALUES (1), (2), (3)')
      const raw = await open()
      raw.send(Buffer.from('\x16SELECT v FROM t'))
      await bed.proxy.until(journal => journal.answeredTimes() === 1)
      const id = bed.proxy.journal.commands[0]?.answer?.statementId ?? 0
      const readOnlyCursor = 1
      raw.send(byte(0x17, id, 0, 0, 0, readOnlyCursor, 1, 0, 0, 0))
      await bed.proxy.until(journal => journal.answeredTimes() === 2)
      raw.send(byte(0x1c, id, 0, 0, 0, 2, 0, 0, 0))
      await bed.proxy.until(journal => journal.answeredTimes() === 3)
      raw.send(byte(0x1c, id, 0, 0, 0, 2, 0, 0, 0), byte(0x1a, id, 0, 0, 0), byte(0x19, id, 0, 0, 0))
      await bed.proxy.until(journal => journal.sentTimes() === 6)
      await bed.proxy.until(journal => journal.answeredTimes() === 5)
      expect(bed.proxy.journal.commands.map(({ kind, sql, answer }) => [kind, sql, answer?.rows])).toEqual([
        ['prepare', 'SELECT v FROM t', 0],
        ['execute', 'SELECT v FROM t', 0],
        ['fetch', 'SELECT v FROM t', 2],
        ['fetch', 'SELECT v FROM t', 1],
        ['reset-statement', 'SELECT v FROM t', 0],
        ['close-statement', 'SELECT v FROM t', undefined],
      ])
    })

    it('long data has no answer, its statement has', async () => {
      const raw = await open()
      raw.send(Buffer.from('\x16INSERT INTO t (v) VALUES (LENGTH(?))'))
      await bed.proxy.until(journal => journal.answeredTimes() === 1)
      const id = bed.proxy.journal.commands[0]?.answer?.statementId ?? 0
      const blob = 0xfc
      raw.send(
        Buffer.concat([byte(0x18, id, 0, 0, 0, 0, 0), Buffer.alloc(500, 'x')]),
        byte(0x17, id, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, blob, 0),
      )
      await bed.proxy.until(journal => journal.answeredTimes() === 2)
      expect(await bed.values()).toEqual([500])
      expect(bed.proxy.journal.commands[1]).toMatchObject({
        kind: 'long-data',
        forwarded: 'yes',
        answered: 'no',
      })
    })

    it('small commands with answers of their own are followed', async () => {
      const raw = await open()
      const switchedOff = byte(0x1b, 1, 0)
      raw.send(byte(0x09), switchedOff, Buffer.from('\x02test'), byte(0x1f), query('SELECT 1'))
      await bed.proxy.until(journal => journal.answeredTimes() === 5)
      expect(bed.proxy.journal.commands.map(({ kind, answer }) => [kind, answer?.kind])).toEqual([
        ['statistics', 'other'],
        ['set-option', 'ok'],
        ['init-db', 'ok'],
        ['reset-connection', 'ok'],
        ['query', 'rows'],
      ])
      expect(bed.proxy.journal.connections[0]?.opaque).toBe(false)
    })

    it('a command that the proxy does not know is followed if its answer is simple', async () => {
      const raw = await open()
      const unknown = 0x70
      raw.send(byte(unknown), query('SELECT 1'))
      await bed.proxy.until(journal => journal.commands.length === 2)
      await raw.receive(9)
      expect(bed.proxy.journal.commands[0]).toMatchObject({
        kind: 'other',
        answer: { kind: 'err', errno: 1047 },
      })
    })

    it('nothing of mysql2 is left to answer for', async () => {
      const client = await bed.connect()
      rawClient(client)
      expect(callbackFlavour(client).threadId).toBe(bed.proxy.journal.connections[0]?.threadId)
    })
  })
}
