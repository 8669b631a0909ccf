import { cutAfterForward } from '@comeback/chaos'
import { OutcomeUnknownError, SessionLostError } from '@comeback/mysql2'
import type { PreparedStatementInfo, RowDataPacket } from 'mysql2/promise'
import { describe, expect, it } from 'vitest'
import { failureOf } from '../contract/failure.js'
import { callbackSide, marker, onEveryServer } from './bed.js'

async function rowsOf(handle: PreparedStatementInfo, values: string[] = []): Promise<RowDataPacket[]> {
  const [rows] = await handle.execute(values)
  return rows as RowDataPacket[]
}

await onEveryServer(bed => {
  describe('a handle of conn.prepare()', () => {
    it('runs its own statement after a reopen, not the one that has its number on the new link', async () => {
      const session = await bed.connect()
      const select = await session.prepare("SELECT 'its own' AS answer")
      await bed.lose(session)
      const value = marker()
      const insert = await session.prepare('INSERT INTO facts (value) VALUES (?)')
      await insert.execute([value])
      expect(await rowsOf(select)).toEqual([{ answer: 'its own' }])
      expect(await bed.rows(value)).toBe(1)
    })

    it('is prepared once for each link', async () => {
      const session = await bed.connect()
      const handle = await session.prepare("SELECT 'again' AS answer")
      await bed.lose(session)
      await rowsOf(handle)
      await rowsOf(handle)
      expect(bed.proxy.journal.sentTimes(/again/, 'prepare')).toBe(2)
      expect(bed.proxy.journal.sentTimes(/again/, 'execute')).toBe(2)
    })

    it('keeps its parameters over a reopen', async () => {
      const session = await bed.connect()
      const value = marker()
      const insert = await session.prepare('INSERT INTO facts (value) VALUES (?)')
      await insert.execute([value])
      await bed.lose(session)
      await insert.execute([value])
      expect(await bed.rows(value)).toBe(2)
    })

    it('of a dead link closes nothing on the new one', async () => {
      const session = await bed.connect()
      const old = await session.prepare('SELECT 1')
      await bed.lose(session)
      const fresh = await session.prepare("SELECT 'fresh' AS answer")
      await old.close()
      expect(await rowsOf(fresh)).toEqual([{ answer: 'fresh' }])
      expect(bed.proxy.journal.sentTimes(undefined, 'close-statement')).toBe(0)
    })

    it('of a live link is closed on it', async () => {
      const session = await bed.connect()
      const handle = await session.prepare('SELECT 1')
      await handle.close()
      await session.query('SELECT 2')
      expect(bed.proxy.journal.sentTimes(undefined, 'close-statement')).toBe(1)
    })

    it('ends in the error of its preparation when the new link refuses it, once', async () => {
      await bed.server.admin.query('CREATE TABLE test.passing (id INT)')
      const session = await bed.connect()
      const handle = await session.prepare('SELECT * FROM passing')
      await bed.server.admin.query('DROP TABLE test.passing')
      await bed.lose(session)
      expect(await failureOf(handle.execute([]))).toHaveProperty('errno', 1146)
      const [rows] = await session.query('SELECT 1 AS one')
      expect(rows).toEqual([{ one: 1 }])
    })

    it('whose answer is lost is not executed twice when it writes', async () => {
      const session = await bed.connect()
      const value = marker()
      const insert = await session.prepare('INSERT INTO facts (value) VALUES (?)')
      bed.proxy.inject(cutAfterForward(), { kind: 'execute' })
      expect(await failureOf(insert.execute([value]))).toBeInstanceOf(OutcomeUnknownError)
      expect(await bed.rows(value)).toBe(1)
    })

    it('counts for the session as its text does: what it leaves can not be restored', async () => {
      const session = await bed.connect()
      const lock = await session.prepare("SELECT GET_LOCK('prepared', 0)")
      await lock.execute([])
      await bed.lose(session)
      expect(await failureOf(session.query('SELECT 1'))).toBeInstanceOf(SessionLostError)
    })
  })

  describe('execute()', () => {
    it('prepares anew on a new link, and does not trust the numbers of the old one', async () => {
      const session = await bed.connect()
      await session.execute("SELECT 'first' AS answer")
      await bed.lose(session)
      await session.execute("SELECT 'second' AS answer")
      const [rows] = await session.execute("SELECT 'first' AS answer")
      expect(rows).toEqual([{ answer: 'first' }])
    })

    it('lost in PREPARE goes through, and calls back once', async () => {
      const session = await bed.connect()
      const value = marker()
      bed.proxy.inject(cutAfterForward(), { kind: 'prepare' })
      let calls = 0
      await new Promise<void>((resolve, reject) => {
        callbackSide(session).execute('INSERT INTO facts (value) VALUES (?)', [value], error => {
          calls += 1
          if (error) reject(error)
          else resolve()
        })
      })
      await session.query('SELECT 1')
      expect(calls).toBe(1)
      expect(await bed.rows(value)).toBe(1)
    })
  })
})
