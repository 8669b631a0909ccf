import { queryObjects, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { silence } from '@comeback/chaos'
import { createPoolClusterPromise, DatabaseUnavailableError, LostTransactionError } from '@comeback/mysql2'
import mysql2 from 'mysql2'
import type { Connection, PoolConnection } from 'mysql2/promise'
import { describe, expect, it } from 'vitest'
import { failureOf } from '../contract/failure.js'
import { change, firstRow, marker, onEveryServer, patientPolicy, until } from './bed.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** mysql2's connections and ours that something still holds. */
function connections(): number {
  collectGarbage()
  return Number(queryObjects(mysql2.Connection as never, { format: 'count' }))
}

/** Connections of this process, as the system counts them. */
function sockets(): number {
  return process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap').length
}

await onEveryServer(bed => {
  describe('a pool does not hand out', () => {
    it('a session that died while it was idle', async () => {
      const pool = bed.pool({ connectionLimit: 1 })
      const first = await pool.getConnection()
      const { threadId } = first
      first.release()
      await bed.server.admin.kill(threadId)
      const second = await pool.getConnection()
      expect(second.threadId).not.toBe(threadId)
      await second.query('SELECT 1')
      second.release()
    })

    it('a dead session in place of a new one, so that the handlers of its `connection` event run', async () => {
      const pool = bed.pool({ connectionLimit: 1, ...bed.direct })
      const made: unknown[] = []
      pool.pool.on('connection', connection => made.push(connection))
      const first = await pool.getConnection()
      first.release()
      bed.killUnseen()
      const second = await pool.getConnection()
      expect(made).toHaveLength(2)
      expect(made[0]).not.toBe(made[1])
      second.release()
    })

    it('a session whose lost transaction was not rolled back', async () => {
      const pool = bed.pool({ connectionLimit: 1 })
      const first = await pool.getConnection()
      await first.beginTransaction()
      await change(first, "INSERT INTO facts (value) VALUES ('gone')")
      await bed.lose(first as PoolConnection & { connection?: object })
      expect(await failureOf(first.query('SELECT 1'))).toBeInstanceOf(LostTransactionError)
      first.release()
      expect(await firstRow(pool as unknown as Connection, 'SELECT 1 AS one')).toEqual({ one: 1 })
    })

    it('a session older than maxLifetimeMs', async () => {
      const pool = bed.pool({ connectionLimit: 1 }, { maxLifetimeMs: 50, lifetimeJitterMs: 0 })
      const first = await pool.getConnection()
      const { threadId } = first
      first.release()
      await new Promise(resolve => setTimeout(resolve, 80))
      const second = await pool.getConnection()
      expect(second.threadId).not.toBe(threadId)
      second.release()
      await bed.proxy.until(journal => journal.openConnections.length === 1)
    })
  })

  describe('the callers of a pool', () => {
    it('fail within outage.maxWaitMs when the database stays away, those in the queue too', async () => {
      const pool = bed.pool(
        { connectionLimit: 2 },
        { outage: { maxWaitMs: 500 }, retry: { deadlineMs: 500 } },
      )
      await pool.query('SELECT 1')
      await bed.proxy.refuse()
      try {
        bed.proxy.cutAll('rst')
        const since = performance.now()
        const failures = await Promise.all(
          Array.from({ length: 10 }, () => failureOf(pool.query('SELECT 1'))),
        )
        for (const failure of failures) expect(failure).toBeInstanceOf(DatabaseUnavailableError)
        expect(performance.now() - since).toBeLessThan(2_500)
      } finally {
        await bed.proxy.accept()
      }
      await pool.query('SELECT 1')
    })

    it('get through when the database comes back in time', async () => {
      const pool = bed.pool({ connectionLimit: 2 })
      await pool.query('SELECT 1')
      await bed.proxy.refuse()
      bed.proxy.cutAll('rst')
      const values = Array.from({ length: 10 }, marker)
      const writes = values.map(value => pool.query('INSERT INTO facts (value) VALUES (?)', [value]))
      await new Promise(resolve => setTimeout(resolve, 150))
      await bed.proxy.accept()
      await Promise.all(writes)
      expect(await Promise.all(values.map(value => bed.rows(value)))).toEqual(values.map(() => 1))
    })

    it('do not wait for a slot that silence holds', async () => {
      const watchdog = { afterMs: 200, timeoutMs: 200 }
      const pool = bed.pool({ connectionLimit: 1 }, { watchdog })
      await pool.query('SELECT 1')
      bed.proxy.inject(silence(), { kind: 'query' })
      const hung = pool.query('SELECT 2').catch(() => undefined)
      const [rows] = await pool.query('SELECT 3 AS three')
      expect(rows).toEqual([{ three: 3 }])
      await hung
    })
  })

  describe('idle links', () => {
    it('are pinged every keepAlive.everyMs', async () => {
      const pool = bed.pool({ connectionLimit: 1 }, { keepAlive: { everyMs: 100 } })
      await pool.query('SELECT 1')
      await bed.proxy.until(journal => journal.answeredTimes(undefined, 'ping') >= 2)
    })

    it('are left alone without keepAlive', async () => {
      const pool = bed.pool({ connectionLimit: 1 }, { keepAlive: false })
      await pool.query('SELECT 1')
      await new Promise(resolve => setTimeout(resolve, 300))
      expect(bed.proxy.journal.sentTimes(undefined, 'ping')).toBe(0)
    })
  })

  describe('two hundred kills', () => {
    it('leave no socket, no listener and no connection object behind', async () => {
      const pool = bed.pool({ connectionLimit: 4, ...bed.direct })
      const killer = await bed.server.admin.connect()
      const round = async (): Promise<void> => {
        const connection = await pool.getConnection()
        await connection.query('SELECT 1')
        const { threadId } = connection
        await killer.query(`KILL ${threadId}`)
        await connection.query('SELECT 2')
        connection.release()
      }
      try {
        for (let n = 0; n < 20; n += 1) await round()
        const before = { sockets: sockets(), listeners: listeners(pool.pool), connections: connections() }
        for (let n = 0; n < 200; n += 1) await round()
        await until(() => sockets() <= before.sockets, 'the sockets of dead links are closed')
        expect(listeners(pool.pool)).toBe(before.listeners)
        await until(() => connections() <= before.connections, 'dead links are garbage')
      } finally {
        await killer.end()
      }
    })
  })

  describe('a pool cluster', () => {
    it('gets its node back', async () => {
      const cluster = createPoolClusterPromise(
        { removeNodeErrorCount: 1, restoreNodeTimeout: 50 },
        {
          ...patientPolicy,
          outage: { maxWaitMs: 200 },
          retry: { deadlineMs: 200 },
        },
      )
      bed.ending(() => cluster.end().catch(() => undefined))
      cluster.add('one', { ...bed.viaProxy, connectionLimit: 1 })
      const ask = async (): Promise<boolean> => {
        try {
          const connection = await cluster.getConnection('one')
          try {
            await connection.query('SELECT 1')
          } finally {
            connection.release()
          }
          return true
        } catch {
          return false
        }
      }
      expect(await ask()).toBe(true)
      await bed.proxy.refuse()
      bed.proxy.cutAll('rst')
      expect(await ask()).toBe(false)
      await bed.proxy.accept()
      await until(ask, 'the node is asked again')
    })
  })
})

function listeners(emitter: {
  eventNames(): (string | symbol)[]
  listenerCount(name: string | symbol): number
}): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)
}
