import { cutInsideAnswer, injectError, silence } from '@comeback/chaos'
import {
  ComebackError,
  createConnection,
  DatabaseUnavailableError,
  LostConnectionError,
  PacketTooLargeError,
} from '@comeback/mysql2'
import type { Connection, QueryError } from 'mysql2'
import { describe, expect, it } from 'vitest'
import { failureOf } from '../contract/failure.js'
import { callbackSide, change, firstRow, marker, onEveryServer, patientPolicy, until } from './bed.js'

/** A callback query as a promise. */
function asked(connection: Pick<Connection, 'query'>, sql: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.query(sql, (error: QueryError | null, rows: unknown) =>
      error ? reject(error) : resolve(rows),
    )
  })
}

const MEGABYTE = 1_048_576

await onEveryServer(
  bed => {
    describe('a callback connection that could not log in', () => {
      it('answers the first and the second query with the reason of the server', async () => {
        const session = bed.closing(createConnection({ ...bed.viaProxy, password: 'wrong' }, patientPolicy))
        expect(await failureOf(asked(session, 'SELECT 1'))).toHaveProperty('errno', 1045)
        expect(await failureOf(asked(session, 'SELECT 2'))).toHaveProperty('errno', 1045)
      })

      it('goes on once the server has room again', async () => {
        bed.proxy.inject(injectError({ errno: 1040 }), { phase: 'connect', times: 3 })
        const session = bed.closing(createConnection(bed.viaProxy, patientPolicy))
        expect(await asked(session, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
      })

      it('gives up within outage.maxWaitMs when it has none', async () => {
        bed.proxy.inject(injectError({ errno: 1040 }), { phase: 'connect', times: 'always' })
        const policy = { outage: { maxWaitMs: 300 }, retry: { deadlineMs: 300 } }
        const session = bed.closing(createConnection(bed.viaProxy, policy))
        const since = performance.now()
        expect(await failureOf(asked(session, 'SELECT 1'))).toBeInstanceOf(DatabaseUnavailableError)
        expect(await failureOf(asked(session, 'SELECT 2'))).toBeInstanceOf(DatabaseUnavailableError)
        expect(performance.now() - since).toBeLessThan(2_000)
        bed.proxy.clear()
        const isBack = (): Promise<boolean> =>
          asked(session, 'SELECT 1').then(
            () => true,
            () => false,
          )
        await until(isBack, 'the same session works again')
      })
    })

    describe('a query with a timeout of its own', () => {
      it('frees the connection at once and ends on the server', async () => {
        const session = await bed.connect()
        const since = performance.now()
        const failure = await failureOf(session.query({ sql: 'SELECT SLEEP(20) AS slow', timeout: 100 }))
        expect(failure).toBeInstanceOf(ComebackError)
        expect(failure.cause).toHaveProperty('code', 'PROTOCOL_SEQUENCE_TIMEOUT')
        await session.query('SELECT 1')
        expect(performance.now() - since).toBeLessThan(3_000)
        await until(
          async () => !(await bed.server.admin.processlist()).some(row => row.info?.includes('slow')),
          'the statement has been killed',
        )
      })

      it('does not fail the queries that wait behind it', async () => {
        const session = await bed.connect()
        const slow = failureOf(session.query({ sql: 'SELECT SLEEP(20)', timeout: 100 }))
        const value = marker()
        const next = change(session, 'INSERT INTO facts (value) VALUES (?)', [value])
        await Promise.all([slow, next])
        expect(await bed.rows(value)).toBe(1)
      })
    })

    describe('destroy() with a query in flight', () => {
      it('settles the query although the network is silent', async () => {
        const session = await bed.connect({}, { watchdog: { afterMs: 300, timeoutMs: 500 } })
        bed.proxy.inject(silence(), { kind: 'query' })
        const query = failureOf(session.query('SELECT 1'))
        await bed.proxy.until(journal => journal.commands.some(command => command.fault === 'silence'))
        session.destroy()
        await Promise.race([
          query,
          new Promise((_resolve, reject) => setTimeout(() => reject(new Error('pending')), 4_000).unref()),
        ])
      })
    })

    describe('a request larger than the server takes', () => {
      for (const megabytes of [1.2, 2, 20]) {
        it(`of ${megabytes} MB ends in PacketTooLargeError, and the next query is innocent`, async () => {
          const session = await bed.connect(bed.direct)
          const value = 'x'.repeat(megabytes * MEGABYTE)
          const failure = await failureOf(change(session, 'INSERT INTO facts (value) VALUES (?)', [value]))
          expect(failure).toBeInstanceOf(PacketTooLargeError)
          expect(failure).toMatchObject({ maxAllowedPacket: MEGABYTE, executed: 'no' })
          expect(await firstRow(session, 'SELECT 1 AS one')).toEqual({ one: 1 })
          const prepared = await failureOf(session.execute('INSERT INTO facts (value) VALUES (?)', [value]))
          expect(prepared).toBeInstanceOf(PacketTooLargeError)
          expect(await firstRow(session, 'SELECT 1 AS one')).toEqual({ one: 1 })
        })
      }
    })

    describe('a stream that is cut', () => {
      for (const how of ['fin', 'rst'] as const) {
        it(`by ${how} ends in a typed error and frees its slot`, async () => {
          const pool = bed.pool({ connectionLimit: 1 })
          bed.proxy.inject(cutInsideAnswer({ afterRows: 50, how }), { kind: 'query', match: /UNION/ })
          const many = 'SELECT 1 AS n UNION ALL SELECT 2'
          const sql = `${many}${' UNION ALL SELECT 3'.repeat(200)}`
          const connection = await pool.getConnection()
          const stream = callbackSide(connection).query(sql).stream()
          const seen: unknown[] = []
          const failure = await failureOf(
            (async () => {
              for await (const row of stream) seen.push(row)
            })(),
          )
          expect(failure).toBeInstanceOf(LostConnectionError)
          expect(seen.length).toBeGreaterThan(0)
          connection.release()
          const [rows] = await pool.query('SELECT 1 AS one')
          expect(rows).toEqual([{ one: 1 }])
        })
      }
    })

    describe('after a loss', () => {
      it('changeUser() logs in as the other user and schema', async () => {
        const session = await bed.connect()
        await session.query('SET @left = 1')
        await bed.lose(session)
        await session.changeUser({ database: 'information_schema' })
        expect(await firstRow(session, 'SELECT DATABASE() AS name')).toEqual({ name: 'information_schema' })
        await bed.lose(session)
        expect(await firstRow(session, 'SELECT DATABASE() AS name')).toEqual({ name: 'information_schema' })
      })

      it('reset() makes the session as new, whatever it carried', async () => {
        const session = await bed.connect()
        await session.query("SELECT GET_LOCK('reset', 0)")
        await bed.lose(session)
        await session.reset()
        expect(await firstRow(session, 'SELECT 1 AS one')).toEqual({ one: 1 })
      })

      it('ping() is answered', async () => {
        const session = await bed.connect()
        await bed.lose(session)
        await session.ping()
      })

      it('a query goes through over compression', async () => {
        const session = await bed.connect({ compress: true })
        await session.query('SELECT 1')
        await bed.lose(session)
        const value = marker()
        await change(session, 'INSERT INTO facts (value) VALUES (?)', [value])
        expect(await bed.rows(value)).toBe(1)
      })

      it('a query goes through over the socket file', async () => {
        const { socketPath } = bed.server
        if (socketPath === undefined) return
        const session = await bed.connect({ socketPath })
        bed.killUnseen()
        const value = marker()
        await change(session, 'INSERT INTO facts (value) VALUES (?)', [value])
        expect(await bed.rows(value)).toBe(1)
      })

      it('several results come as several results', async () => {
        const session = await bed.connect({ multipleStatements: true })
        await bed.lose(session)
        const [results] = await session.query('SELECT 1 AS a; SELECT 2 AS b')
        expect(results).toEqual([[{ a: 1 }], [{ b: 2 }]])
      })

      it('a transaction in which nothing was done goes on', async () => {
        const session = await bed.connect()
        await session.beginTransaction()
        await bed.lose(session)
        const value = marker()
        await change(session, 'INSERT INTO facts (value) VALUES (?)', [value])
        expect(await bed.rows(value)).toBe(0)
        await session.commit()
        expect(await bed.rows(value)).toBe(1)
      })
    })
  },
  ['--max-allowed-packet=1M'],
)
