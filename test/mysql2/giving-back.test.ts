import { createPool } from '@comeback/mysql2'
import type { PoolConnection } from 'mysql2'
import { describe, expect, it } from 'vitest'
import { runFixture } from '../database/fixtures/child.js'
import { marker, onEveryServer, patientPolicy, until } from './bed.js'

const fixture = '../../mysql2/fixtures/end-behind-a-query.ts'

await onEveryServer(bed => {
  const poolOfOne = (): ReturnType<typeof createPool> => {
    const pool = createPool({ ...bed.viaProxy, connectionLimit: 1 }, patientPolicy)
    bed.ending(() => pool.end(() => undefined))
    return pool
  }

  /** Runs `use` in the callback that brings the connection, as much callback code does. */
  const inCallback = <T>(
    pool: ReturnType<typeof createPool>,
    use: (connection: PoolConnection) => T,
  ): Promise<T> =>
    new Promise((resolve, reject) => {
      pool.getConnection((error, connection) => (error ? reject(error) : resolve(use(connection))))
    })

  /** Issues a slow insert and gives the connection back at once; resolves with the value when the insert has been answered. */
  const insertAndRelease = (connection: PoolConnection): Promise<string> => {
    const value = marker()
    const inserted = new Promise<string>((resolve, reject) => {
      const sql = 'INSERT INTO facts (value) SELECT ? FROM (SELECT SLEEP(0.1)) AS slow'
      connection.query(sql, [value], error => (error ? reject(error) : resolve(value)))
    })
    connection.release()
    return inserted
  }

  const nextUser = (pool: ReturnType<typeof createPool>): Promise<unknown> =>
    pool.promise().query('SELECT 1 AS one')

  describe('a pooled connection given back', () => {
    it('in the very callback that brought it stays in the pool', async () => {
      const pool = poolOfOne()
      const first = await inCallback(pool, connection => {
        connection.release()
        return connection.threadId
      })
      expect(await inCallback(pool, connection => connection.threadId)).toBe(first)
    })

    it('with a statement still to be answered answers it before the next user', async () => {
      const pool = poolOfOne()
      let inserted: Promise<string> | undefined
      await inCallback(pool, connection => {
        inserted = insertAndRelease(connection)
      })
      await nextUser(pool)
      expect(await bed.rows(await (inserted as Promise<string>))).toBe(1)
    })

    it('with a statement that waits for a look at the link answers it before the next user', async () => {
      const pool = poolOfOne()
      const connection = await inCallback(pool, one => one)
      await new Promise(resolve => setTimeout(resolve, 20))
      const inserted = insertAndRelease(connection)
      await nextUser(pool)
      expect(await bed.rows(await inserted)).toBe(1)
    })

    it('with a statement on its way to another link answers it once', async () => {
      const pool = poolOfOne()
      const connection = await inCallback(pool, one => one)
      await bed.lose(connection)
      const inserted = insertAndRelease(connection)
      await nextUser(pool)
      expect(await bed.rows(await inserted)).toBe(1)
    })
  })

  describe('end() behind a statement', () => {
    it('keeps the process alive until the statement is answered', async () => {
      const child = runFixture(fixture, {
        args: [JSON.stringify(bed.server.config)],
        env: { NODE_OPTIONS: '--conditions=comeback-source' },
      })
      expect(await child.line()).toBe('[{"slept":0}]')
      await until(() => child.process.exitCode !== null, 'the process has ended by itself')
      expect(child.process.exitCode).toBe(0)
    })
  })
})
