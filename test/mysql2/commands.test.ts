import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql2, { type Connection } from 'mysql2'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { callbackSide, change, firstRow, marker, onEveryServer } from './bed.js'

afterEach(() => {
  vi.useRealTimers()
})

/** Runs `issue` while a statement is held: the link has just died and nothing has been sent yet. */
async function whileHeld(
  bed: Parameters<Parameters<typeof onEveryServer>[0]>[0],
  issue: (connection: Connection) => Promise<unknown>[],
): Promise<unknown[]> {
  const session = await bed.connect()
  await bed.lose(session)
  return Promise.all(issue(callbackSide(session)))
}

function called(start: (done: (...results: unknown[]) => void) => unknown): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    start((error, ...results) => {
      if (error) reject(error)
      else resolve(results)
    })
  })
}

await onEveryServer(bed => {
  describe('a command that is held', () => {
    it('is returned at once, as the real object, by query() and execute()', async () => {
      const session = await bed.connect()
      await bed.lose(session)
      const connection = callbackSide(session)
      const query = connection.query('SELECT ? AS n', [1])
      expect(query).toMatchObject({ sql: 'SELECT 1 AS n', values: [1] })
      const execute = connection.execute('SELECT ? AS n', [2])
      expect(execute).toMatchObject({ sql: 'SELECT ? AS n', values: [2] })
      vi.spyOn(console, 'log').mockReturnValue()
      expect(() => (query as unknown as PromiseLike<unknown>).then(() => undefined)).toThrow(/promise/i)
      for (const command of [query, execute]) {
        expect(command.setMaxListeners(20)).toBe(command)
        const events: string[] = []
        for (const name of ['fields', 'result', 'end'] as const) command.on(name, () => events.push(name))
        await new Promise(resolve => command.once('end', resolve))
        expect(events).toEqual(['fields', 'result', 'end'])
      }
    })

    it('streams', async () => {
      const session = await bed.connect()
      await bed.lose(session)
      const rows: unknown[] = []
      for await (const row of callbackSide(session).query('SELECT 1 AS n UNION ALL SELECT 2').stream())
        rows.push(row)
      expect(rows).toEqual([{ n: 1 }, { n: 2 }])
    })

    it('is followed, in order, by everything that was issued after it', async () => {
      await whileHeld(bed, connection => [
        called(done => connection.query("SELECT 'first'", done)),
        called(done => connection.ping(done)),
        called(done => connection.prepare('SELECT 2', done)),
        called(done => connection.changeUser({ database: 'test' }, done)),
        called(done => (connection as unknown as { reset(callback: unknown): void }).reset(done)),
        called(done => connection.end(done)),
      ])
      const { commands } = bed.proxy.journal
      await bed.proxy.until(journal => journal.sentTimes(undefined, 'quit') === 1)
      const kinds = commands
        .slice(commands.findIndex(({ sql }) => sql?.includes('first')))
        .map(({ kind }) => kind)
      // Closing a statement, which mysql2 does by itself when the user changes, is answered by nobody.
      expect(kinds.filter(kind => kind !== 'close-statement')).toEqual([
        'query',
        'ping',
        'prepare',
        'change-user',
        'reset-connection',
        'quit',
      ])
    })

    it('is sent although the timers of the application are fake', async () => {
      const session = await bed.connect()
      await bed.lose(session)
      vi.useFakeTimers()
      const value = marker()
      await change(session, 'INSERT INTO facts (value) VALUES (?)', [value])
      vi.useRealTimers()
      expect(await bed.rows(value)).toBe(1)
    })

    it('takes its callback once', async () => {
      let calls = 0
      await whileHeld(bed, connection => [
        new Promise(resolve => {
          connection.query('SELECT 1', () => {
            calls += 1
            connection.query('SELECT 2', resolve)
          })
        }),
      ])
      expect(calls).toBe(1)
    })
  })

  it('fake timers do not keep a query from being looked at and answered', async () => {
    const session = await bed.connect()
    await session.query('SELECT 1')
    await new Promise(resolve => setTimeout(resolve, 20))
    vi.useFakeTimers()
    expect(await firstRow(session, 'SELECT 1 AS one')).toEqual({ one: 1 })
  })

  describe('LOAD DATA LOCAL', () => {
    const folder = mkdtempSync(join(tmpdir(), 'comeback-infile-'))
    afterEach(() => rmSync(folder, { recursive: true, force: true }))

    it('calls back with all that mysql2 calls back with', async () => {
      const file = join(folder, 'rows.txt')
      const value = marker()
      writeFileSync(file, `${value}\n`)
      const given = async (connection: Connection): Promise<unknown[]> =>
        new Promise(resolve => {
          const sql = `LOAD DATA LOCAL INFILE 'rows.txt' INTO TABLE facts (value)`
          const options = { sql, infileStreamFactory: () => createReadStream(file) }
          connection.query(options, (...results: unknown[]) => resolve(results))
        })
      const ours = await given(callbackSide(await bed.connect()))
      const stock = bed.closing(mysql2.createConnection(bed.viaProxy))
      expect(ours).toHaveLength((await given(stock)).length)
      expect(ours[0]).toBeNull()
      expect(await bed.rows(value)).toBe(2)
    })

    it('without a stream calls back with mysql2’s own error and the rest', async () => {
      const given = (connection: Connection): Promise<unknown[]> =>
        new Promise(resolve => {
          const sql = `LOAD DATA LOCAL INFILE 'rows.txt' INTO TABLE facts (value)`
          connection.query(sql, (...results: unknown[]) => resolve(results))
        })
      const ours = await given(callbackSide(await bed.connect()))
      const stock = await given(bed.closing(mysql2.createConnection(bed.viaProxy)))
      expect(ours.map(value => typeof value)).toEqual(stock.map(value => typeof value))
      expect(String(ours[0])).toBe(String(stock[0]))
    })
  })
})
