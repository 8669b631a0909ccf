import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { annotate, OutcomeUnknownError } from '@comeback/core'
import { createConnection, supervise } from '@comeback/mysql2'
import { describe, expect, it } from 'vitest'
import { failureOf } from '../contract/failure.js'
import { asAnotherProcess } from '../contract/other-process.js'
import { marker, onEveryServer, patientPolicy, until } from './bed.js'

/** A write that is under way for a while. */
const slowInsert = (value: string): string =>
  `INSERT INTO test.facts (value) SELECT '${value}' FROM (SELECT SLEEP(0.3)) AS slow`

await onEveryServer(bed => {
  const isUnderWay = (value: string): Promise<unknown> =>
    bed.proxy.until(journal => journal.sentTimes(new RegExp(value)) === 1)

  describe('a write that is under way is not taken for unsent', () => {
    for (const mode of ['error', 'warn'] as const) {
      it(`when another process uses its session (sharing: ${mode})`, async () => {
        const session = await bed.connect({}, { sharing: mode })
        const value = marker()
        const write = failureOf(session.query(slowInsert(value)))
        await isUnderWay(value)
        const other: { done?: Promise<unknown> } = {}
        asAnotherProcess(() => {
          other.done = session.query('SELECT 1').catch(() => undefined)
        })
        expect(await write).toBeInstanceOf(OutcomeUnknownError)
        await other.done
        expect(bed.proxy.journal.sentTimes(new RegExp(value))).toBe(1)
      })
    }

    it('when its session is taken out of an ORM’s pool again and its server is gone', async () => {
      const sessions = supervise(patientPolicy)
      bed.ending(() => sessions.close())
      const connection = sessions.createConnection({ ...bed.server.config })
      bed.ending(() => connection.destroy())
      await connection.promise().query('SELECT 1')
      await pause(20)
      const value = marker()
      const write = failureOf(
        connection
          .promise()
          .query(`INSERT INTO test.facts (value) SELECT '${value}' FROM (SELECT SLEEP(1)) AS slow`),
      )
      await until(
        async () => (await bed.server.admin.processlist()).some(row => row.info?.includes(value) === true),
        'it runs',
      )
      sessions.checkIn(connection)
      bed.killUnseen()
      expect(await sessions.checkOut(connection)).toBe(true)
      expect(await write).toBeInstanceOf(OutcomeUnknownError)
    })

    for (const error of [
      { code: 'ERR_STREAM_DESTROYED' },
      { code: 'EPIPE' },
      { code: 'ECONNRESET', syscall: 'write' },
    ]) {
      it(`when the tunnel that carried it dies of a write of its own (${Object.values(error).join(', ')})`, async () => {
        const tunnels: Duplex[] = []
        const stream = (): Duplex => {
          const inner = connect(bed.proxy.port, bed.proxy.host)
          const tunnel = new Duplex({
            read: () => inner.resume(),
            write: (chunk, _encoding, done) => void inner.write(chunk, done),
            destroy: (cause, done) => {
              inner.destroy()
              done(cause)
            },
          })
          inner.on('data', data => {
            if (!tunnel.push(data)) inner.pause()
          })
          inner.on('error', cause => tunnel.destroy(cause))
          tunnels.push(tunnel)
          return tunnel
        }
        const session = await bed.connect({ stream: stream as never })
        const value = marker()
        const write = failureOf(session.query(slowInsert(value)))
        await isUnderWay(value)
        tunnels[0]?.destroy(Object.assign(new Error('a heartbeat failed'), error))
        expect(await write).toBeInstanceOf(OutcomeUnknownError)
        expect(bed.proxy.journal.sentTimes(new RegExp(value))).toBe(1)
      })
    }
  })

  describe('whoever waits for a connection while there is no server', () => {
    const impatiently = { ...patientPolicy, retry: { deadlineMs: 20_000 }, outage: { maxWaitMs: 20_000 } }

    it('is told when the pool ends', async () => {
      await bed.proxy.refuse()
      try {
        const pool = bed.pool({}, impatiently)
        const waiting = failureOf(pool.getConnection())
        await pause(50)
        await pool.end()
        expect(await waiting).toMatchObject({ message: 'Pool is closed.' })
      } finally {
        await bed.proxy.accept()
      }
    })

    it.each(['end', 'destroy'] as const)('is told when the connection is closed by %s()', async how => {
      await bed.proxy.refuse()
      try {
        const connection = createConnection(bed.viaProxy, impatiently)
        connection.on('error', () => undefined)
        const told = new Promise(resolve => connection.connect(resolve))
        await pause(50)
        connection[how]()
        expect(await told).toBeInstanceOf(Error)
      } finally {
        await bed.proxy.accept()
      }
    })
  })

  it('a pool ends without an error although a statement of its sessions fails meanwhile', async () => {
    const pool = bed.pool({ connectionLimit: 1 }, { retry: { deadlineMs: 400 }, outage: { maxWaitMs: 400 } })
    const connection = await pool.getConnection()
    await bed.proxy.refuse()
    bed.proxy.cutAll('rst')
    await pause(20)
    const held = failureOf(connection.query('SELECT 1'))
    await expect(pool.end()).resolves.toBeUndefined()
    expect(await held).toBeInstanceOf(Error)
    await bed.proxy.accept()
  })

  it('close() of a lost connection gives its slot back', async () => {
    const pool = bed.pool({ connectionLimit: 1 })
    const connection = await pool.getConnection()
    await bed.lose(connection)
    ;(connection as unknown as { close(): void }).close()
    const [rows] = await pool.query('SELECT 1 AS one')
    expect(rows).toEqual([{ one: 1 }])
  })

  it('a pool whose writes may be sent once only leaves a read-only server at the next checkout', async () => {
    const pool = bed.pool({ connectionLimit: 1 }, { retry: { maxAttempts: 1 } })
    const value = marker()
    const insert = `INSERT INTO facts (value) VALUES ('${value}')`
    await bed.server.admin.query('SET GLOBAL read_only = 1')
    try {
      expect(await failureOf(pool.query(insert))).toMatchObject({ errno: 1290 })
    } finally {
      await bed.server.admin.query('SET GLOBAL read_only = 0')
    }
    await pool.query(insert)
    expect(bed.proxy.journal.connections.length).toBe(2)
    expect(await bed.rows(value)).toBe(1)
  })

  it('a statement does not wait out the pause of another one that has been given up', async () => {
    const backoff = { initialMs: 60_000, maxMs: 60_000 }
    const session = await bed.connect({}, { retry: { maxAttempts: 12, deadlineMs: 60_000, backoff } })
    const value = marker()
    await bed.server.admin.query('SET GLOBAL read_only = 1')
    try {
      const controller = new AbortController()
      const write = failureOf(
        session.query({
          sql: `INSERT INTO facts (value) VALUES ('${value}')`,
          comeback: { signal: controller.signal },
        } as never),
      )
      await bed.proxy.until(journal => journal.sentTimes(new RegExp(value)) === 2)
      await pause(50)
      controller.abort()
      await write
      const since = performance.now()
      await session.query('SELECT 1')
      expect(performance.now() - since).toBeLessThan(3_000)
    } finally {
      await bed.server.admin.query('SET GLOBAL read_only = 0')
    }
  })

  it('a ready-made socket that can not connect says why', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    const socket = connect(port, '127.0.0.1')
    expect(await failureOf(bed.connect({ stream: socket as never }))).toMatchObject({ code: 'ECONNREFUSED' })
  })

  describe('a statement whose signal has been given already', () => {
    it('is not sent', async () => {
      const session = await bed.connect()
      const value = marker()
      const comeback = { signal: AbortSignal.abort() }
      const insert = { sql: `INSERT INTO facts (value) VALUES ('${value}')`, comeback }
      expect(await failureOf(session.query(insert as never))).toMatchObject({ executed: 'no' })
      expect(bed.proxy.journal.sentTimes(new RegExp(value))).toBe(0)
    })

    it('is not sent when it is COMMIT, and the transaction can still be rolled back', async () => {
      const session = await bed.connect()
      const value = marker()
      await session.beginTransaction()
      await session.query(`INSERT INTO facts (value) VALUES ('${value}')`)
      const signal = AbortSignal.abort()
      expect(await failureOf(annotate({ signal }, () => session.commit()))).toMatchObject({ executed: 'no' })
      await session.rollback()
      expect(await bed.rows(value)).toBe(0)
      expect(bed.proxy.journal.sentTimes(/^COMMIT/)).toBe(0)
    })
  })

  it('a statement that failed and may have begun a transaction costs an ORM’s pool a ping, not a connection', async () => {
    const sessions = supervise(patientPolicy)
    bed.ending(() => sessions.close())
    const connection = sessions.createConnection(bed.viaProxy)
    bed.ending(() => connection.destroy())
    for (let n = 0; n < 3; n += 1) {
      await failureOf(connection.promise().query('CALL no_such_procedure()'))
      expect(sessions.checkIn(connection)).toBe(true)
      expect(await sessions.checkOut(connection)).toBe(true)
    }
    expect(bed.proxy.journal.connections.length).toBe(1)
    expect(bed.proxy.journal.commands.filter(({ kind }) => kind === 'ping').length).toBe(3)
  })

  it('one that did begin a transaction does not come back to that pool', async () => {
    const sessions = supervise(patientPolicy)
    bed.ending(() => sessions.close())
    const connection = sessions.createConnection({ ...bed.viaProxy, multipleStatements: true })
    bed.ending(() => connection.destroy())
    await failureOf(connection.promise().query('START TRANSACTION; SELECT no_such_column'))
    sessions.checkIn(connection)
    expect(await sessions.checkOut(connection)).toBe(false)
  })

  it('nor does one that was begun by a statement still under way when the connection came back', async () => {
    const sessions = supervise(patientPolicy)
    bed.ending(() => sessions.close())
    const connection = sessions.createConnection(bed.viaProxy)
    bed.ending(() => connection.destroy())
    await connection.promise().query('SELECT 1')
    const begun = connection.promise().query('BEGIN')
    sessions.checkIn(connection)
    await begun
    expect(await sessions.checkOut(connection)).toBe(false)
  })
})
