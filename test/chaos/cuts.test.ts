import { atCommit, cut, cutAfterForward, cutInsideAnswer, cutInsideRequest } from '@comeback/chaos'
import type { Connection } from 'mysql2/promise'
import { describe, expect, it } from 'vitest'
import { availableServers } from '../database/index.js'
import { callbackFlavour, eventually, outcome, useBed } from './bed.js'

const insert = 'INSERT INTO t (v) VALUES (7)'
const threeRows = 'SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3'
const lost = { fin: 'PROTOCOL_CONNECTION_LOST', rst: 'ECONNRESET' } as const

/** How far a streamed SELECT came. */
function stream(client: Connection, sql: string): Promise<{ rows: number; fields: boolean; end: string }> {
  return new Promise(resolve => {
    const seen = { rows: 0, fields: false }
    const done = (end: string): void => resolve({ ...seen, end })
    const query = callbackFlavour(client).query(sql)
    query.on('fields', () => {
      seen.fields = true
    })
    query.on('result', () => {
      seen.rows++
    })
    query.on('end', () => done('end'))
    query.on('error', error => done(String((error as { code?: string }).code)))
    client.on('error', error => done(String(error.code)))
  })
}

for (const { flavour, version } of await availableServers()) {
  describe(`cuts, in front of ${flavour} ${version}`, () => {
    const bed = useBed(flavour)

    for (const how of ['fin', 'rst'] as const) {
      it(`a command cut before it is forwarded (${how}) never reaches the server`, async () => {
        const client = await bed.connect()
        bed.proxy.inject(cut({ how }), { match: /^INSERT/ })
        expect(await outcome(client.query(insert))).toBe(lost[how])
        expect(await bed.values()).toEqual([])
        expect(bed.proxy.journal.sentTimes(/^INSERT/)).toBe(0)
        expect(bed.proxy.journal.commands.at(-1)).toMatchObject({
          sql: insert,
          forwarded: 'no',
          answered: 'no',
          fault: 'cut',
        })
        expect(bed.proxy.journal.connections[0]).toMatchObject({
          open: false,
          closedBy: 'proxy',
          closeKind: how,
        })
        await eventually(
          () => bed.server.admin.processlist(),
          threads => threads.length === 0,
        )
      })

      it(`a command cut after it is forwarded (${how}) is executed, and the client cannot know`, async () => {
        const client = await bed.connect()
        bed.proxy.inject(cutAfterForward({ how }), { match: /^INSERT/ })
        expect(await outcome(client.query(insert))).toBe(lost[how])
        expect(await bed.values()).toEqual([7])
        expect(bed.proxy.journal.sent(/^INSERT/)).toMatchObject([
          { forwarded: 'yes', answered: 'no', answer: { kind: 'ok', affectedRows: 1 } },
        ])
      })
    }

    it('a COMMIT whose answer is swallowed has committed; one that is cut before has not', async () => {
      for (const [fault, values] of [
        [cut(), []],
        [cutAfterForward(), [7]],
      ] as const) {
        const client = await bed.connect()
        bed.proxy.inject(fault, atCommit())
        await client.beginTransaction()
        await client.query(insert)
        expect(await outcome(client.commit())).toBe(lost.fin)
        expect(await bed.values()).toEqual(values)
      }
      expect(bed.proxy.journal.sentTimes(/^COMMIT/i)).toBe(1)
      expect(bed.proxy.journal.answeredTimes(/^COMMIT/i)).toBe(0)
    })

    it('a prepared write is hit when it is executed, through the text of its prepare', async () => {
      const client = await bed.connect()
      const injected = bed.proxy.inject(cutAfterForward(), { match: /^INSERT/ })
      expect(await outcome(client.execute('INSERT INTO t (v) VALUES (?)', [8]))).toBe(lost.fin)
      expect(await bed.values()).toEqual([8])
      expect((await injected.whenHit()).command).toMatchObject({
        kind: 'execute',
        answer: { affectedRows: 1 },
      })
      expect(bed.proxy.journal.commands.map(({ kind, answered }) => [kind, answered])).toEqual([
        ['prepare', 'yes'],
        ['execute', 'no'],
      ])
    })

    it('a prepare can be hit as well', async () => {
      const client = await bed.connect()
      bed.proxy.inject(cut(), { match: /^INSERT/, kind: 'prepare' })
      expect(await outcome(client.execute('INSERT INTO t (v) VALUES (?)', [8]))).toBe(lost.fin)
      expect(bed.proxy.journal.commands.map(({ kind }) => kind)).toEqual(['prepare'])
    })

    it('a command without an answer is cut off behind it', async () => {
      const client = await bed.connect()
      const injected = bed.proxy.inject(cutAfterForward(), { kind: 'quit' })
      await client.end()
      expect((await injected.whenHit()).command?.kind).toBe('quit')
      await bed.proxy.until(journal => journal.sentTimes(undefined, 'quit') === 1)
      await bed.proxy.until(journal => journal.openConnections.length === 0)
    })

    it('without waiting for the execution, the client is cut off while the server still works', async () => {
      await bed.server.admin.query('INSERT INTO test.t (v) VALUES (1)')
      const blocker = await bed.server.admin.connect({ database: 'test' })
      await blocker.beginTransaction()
      await blocker.query('SELECT v FROM t FOR UPDATE')
      const client = await bed.connect()
      bed.proxy.inject(cutAfterForward({ executed: false, server: 'keep' }), { match: /^UPDATE/ })
      expect(await outcome(client.query('UPDATE t SET v = 2'))).toBe(lost.fin)
      expect(bed.proxy.journal.commands.at(-1)).toMatchObject({ forwarded: 'yes', answer: undefined })
      expect(await bed.values()).toEqual([1])
      await blocker.rollback()
      await blocker.end()
      await eventually(bed.values, ([value]) => value === 2)
    })

    it("the server's side can be kept open: its thread and transaction live on until the proxy closes", async () => {
      const client = await bed.connect()
      await client.beginTransaction()
      await client.query(insert)
      bed.proxy.inject(cut({ server: 'keep' }), atCommit())
      expect(await outcome(client.commit())).toBe(lost.fin)
      const [connection] = bed.proxy.journal.connections
      expect(connection).toMatchObject({ open: false, serverOpen: true })
      const threads = await bed.server.admin.processlist()
      expect(threads.map(({ id }) => id)).toEqual([connection?.threadId])
      expect(threads[0]?.host.endsWith(`:${connection?.serverPort}`)).toBe(true)
      await bed.proxy.close()
      await eventually(
        () => bed.server.admin.processlist(),
        list => list.length === 0,
      )
      expect(await bed.values()).toEqual([])
    })

    it('half a request does nothing', async () => {
      const client = await bed.connect()
      bed.proxy.inject(cutInsideRequest({ afterBytes: 20, how: 'rst' }), { match: /^INSERT/ })
      expect(await outcome(client.query(insert))).toBe(lost.rst)
      expect(bed.proxy.journal.commands.at(-1)).toMatchObject({
        forwarded: 'part',
        fault: 'cutInsideRequest',
      })
      await eventually(
        () => bed.server.admin.processlist(),
        threads => threads.length === 0,
      )
      expect(await bed.values()).toEqual([])
    })

    it('the last byte of a request is always missing, also of one that comes in several parts', async () => {
      for (const size of [10, 3_000_000]) {
        const client = await bed.connect()
        bed.proxy.inject(cutInsideRequest({ afterBytes: 10_000_000 }), { match: /^INSERT/ })
        const large = `INSERT INTO t (v) VALUES (LENGTH('${'x'.repeat(size)}'))`
        expect(await outcome(client.query(large))).toBe(lost.fin)
        const command = bed.proxy.journal.commands.at(-1)
        expect(command?.forwarded).toBe('part')
        expect(command?.bytes).toBeGreaterThan(large.length)
      }
      expect(await bed.values()).toEqual([])
    })

    it('an answer ends after so many rows', async () => {
      for (const afterRows of [0, 1, 2, 3, 99]) {
        const client = await bed.connect()
        bed.proxy.inject(cutInsideAnswer({ afterRows }), { match: /UNION/ })
        const seen = await stream(client, threeRows)
        expect(seen).toEqual({ rows: Math.min(afterRows, 3), fields: true, end: lost.fin })
        expect(bed.proxy.journal.commands.at(-1)).toMatchObject({
          forwarded: 'yes',
          answered: 'part',
          answer: { kind: 'rows', rows: 3 },
        })
      }
    })

    it('rows are counted over all results of a statement', async () => {
      const client = await bed.connect({ multipleStatements: true })
      bed.proxy.inject(cutInsideAnswer({ afterRows: 4 }), { match: /UNION/ })
      expect(await stream(client, `${threeRows}; ${threeRows}`)).toMatchObject({ rows: 4, end: lost.fin })
    })

    it('rows of a prepared statement are counted, too', async () => {
      const client = await bed.connect()
      bed.proxy.inject(cutInsideAnswer({ afterRows: 2, how: 'rst' }), { match: /UNION/ })
      expect(await outcome(client.execute(threeRows))).toBe(lost.rst)
      expect(bed.proxy.journal.commands.at(-1)).toMatchObject({ kind: 'execute', answer: { rows: 3 } })
    })

    it('an answer ends after so many bytes, and never with its last', async () => {
      for (const afterBytes of [0, 1, 4, 5, 1_000]) {
        const client = await bed.connect()
        bed.proxy.inject(cutInsideAnswer({ afterBytes }), { match: /^INSERT/ })
        expect(await outcome(client.query(insert))).toBe(lost.fin)
        expect(bed.proxy.journal.commands.at(-1)?.answered).toBe(afterBytes === 0 ? 'no' : 'part')
      }
      expect(await bed.values()).toEqual([7, 7, 7, 7, 7])
    })
  })
}
