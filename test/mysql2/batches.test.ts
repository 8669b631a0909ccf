import { setTimeout as pause } from 'node:timers/promises'
import { cut, cutAfterForward, injectError, silence } from '@comeback/chaos'
import { annotate, LostTransactionError } from '@comeback/core'
import { expect, it } from 'vitest'
import { failureOf } from '../contract/failure.js'
import { type Bed, callbackSide, marker, onEveryServer, until } from './bed.js'

const insert = (value: string): string => `INSERT INTO facts (value) VALUES ('${value}')`

async function killSeen(bed: Bed): Promise<void> {
  await bed.server.admin.killAll()
  await bed.proxy.until(journal => journal.openConnections.length === 0)
  await pause(20)
}

await onEveryServer(bed => {
  it('a write of a handle, executed in the callback of prepare(), is not sent twice', async () => {
    const connection = callbackSide(await bed.connect())
    const value = marker()
    bed.proxy.inject(cutAfterForward(), { kind: 'execute' })
    const error = await new Promise(resolve => {
      connection.prepare(insert(value), (_, statement) => statement.execute([], resolve))
    })
    expect(error).toMatchObject({ name: 'OutcomeUnknownError' })
    expect(await bed.rows(value)).toBe(1)
  })

  it('a write of such a handle counts as done in its transaction', async () => {
    const connection = await bed.connect()
    const value = marker()
    await connection.beginTransaction()
    await new Promise(resolve => {
      callbackSide(connection).prepare(insert(value), (_, statement) => statement.execute([], resolve))
    })
    await killSeen(bed)
    expect(await failureOf(connection.query(insert(value)))).toBeInstanceOf(LostTransactionError)
    expect(await bed.rows(value)).toBe(0)
  })

  it('a ROLLBACK behind a BEGIN that goes on is sent and rolls back', async () => {
    const connection = await bed.connect()
    const value = marker()
    await killSeen(bed)
    await Promise.all([
      connection.query('BEGIN'),
      connection.query(insert(value)),
      connection.query('ROLLBACK'),
    ])
    await connection.query('BEGIN')
    await connection.query('COMMIT')
    expect(await bed.rows(value)).toBe(0)
  })

  it('nothing runs behind a BEGIN that was given up', async () => {
    const connection = await bed.connect()
    const value = marker()
    bed.proxy.inject(silence(), { match: /BEGIN/ })
    const results = await Promise.allSettled([
      annotate({ deadlineMs: 150 }, () => connection.query('BEGIN')),
      connection.query(insert(value)),
      connection.query('ROLLBACK'),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
    expect(await bed.rows(value)).toBe(0)
  })

  it('connect() does not revive a session whose transaction was lost', async () => {
    const connection = await bed.connect()
    const value = marker()
    await connection.beginTransaction()
    await connection.query(insert(value))
    await killSeen(bed)
    expect(await failureOf(connection.query(insert(value)))).toBeInstanceOf(LostTransactionError)
    await connection.connect()
    expect(await failureOf(connection.query(insert(value)))).toBeInstanceOf(LostTransactionError)
    await connection.rollback()
    expect(await bed.rows(value)).toBe(0)
  })

  it('an aborted statement does not let those beside it out of a lost transaction', async () => {
    const connection = await bed.connect()
    const value = marker()
    await connection.beginTransaction()
    await connection.query(insert(value))
    await killSeen(bed)
    await failureOf(connection.query(insert(value)))
    const results = await Promise.allSettled([
      connection.query({ sql: 'SELECT 1', comeback: { signal: AbortSignal.abort() } } as never),
      connection.query(insert(value)),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await bed.rows(value)).toBe(0)
  })

  it('the outcome of a transaction after reset() is its own, not that of the one before', async () => {
    const connection = await bed.connect()
    const [first, second] = [marker(), marker()]
    await connection.beginTransaction()
    await connection.query(insert(first))
    await killSeen(bed)
    await failureOf(connection.query(insert(first)))
    await connection.reset()
    await connection.beginTransaction()
    await connection.query(insert(second))
    bed.proxy.inject(cutAfterForward(), { match: /^COMMIT/ })
    expect(await failureOf(connection.commit())).toMatchObject({ outcome: 'unknown' })
    expect(await bed.rows(second)).toBe(1)
  })

  it('end() behind a statement whose link is lost settles after it', async () => {
    const connection = await bed.connect()
    bed.proxy.inject(cut(), { match: /last words/ })
    const [[answer]] = await Promise.all([connection.query("SELECT 'last words' AS words"), connection.end()])
    expect(answer).toEqual([{ words: 'last words' }])
  })

  it('a failed execute() tells its callback once, also when no link can be had', async () => {
    const connection = callbackSide(
      await bed.connect({}, { retry: { deadlineMs: 200 }, outage: { maxWaitMs: 200 } }),
    )
    await bed.proxy.refuse()
    bed.proxy.cutAll()
    await pause(20)
    let calls = 0
    connection.execute('SELECT 1', () => {
      calls += 1
    })
    await until(() => calls > 0, 'the callback is called')
    await pause(50)
    await bed.proxy.accept()
    expect(calls).toBe(1)
  })

  it('a reset() that loses its link each time ends, after a few attempts', async () => {
    const connection = await bed.connect()
    bed.proxy.inject(cut(), { kind: 'reset-connection', times: 'always' })
    await failureOf(connection.reset())
    expect(bed.proxy.journal.connections.length).toBeLessThan(10)
  })

  it('a changeUser() that lost its link once goes through', async () => {
    const connection = await bed.connect()
    bed.proxy.inject(cut(), { kind: 'change-user' })
    await connection.changeUser({ database: 'test' })
    expect(bed.proxy.journal.connections.length).toBeLessThan(10)
  })

  it('an error in answer to a ping is an answer: what waited for it goes on', async () => {
    const connection = await bed.connect({}, { prePing: { afterIdleMs: 20 } })
    const value = marker()
    await pause(40)
    bed.proxy.inject(injectError({ errno: 1317, ending: 'keep' }), { kind: 'ping' })
    await connection.query(insert(value))
    expect(await bed.rows(value)).toBe(1)
  })

  it('a handle executed after destroy() fails at once', async () => {
    const connection = callbackSide(await bed.connect())
    const statement = await new Promise<{ execute(values: unknown[], done: (error: unknown) => void): void }>(
      resolve => connection.prepare('SELECT 1', (_, prepared) => resolve(prepared as never)),
    )
    connection.destroy()
    const error = await new Promise(resolve => statement.execute([], resolve))
    expect(error).toMatchObject({ message: expect.stringContaining('closed state') })
  })

  it('a waiting caller of a pool has the session in hand: nothing comes between its statements', async () => {
    const pool = bed.pool({ connectionLimit: 1 })
    const first = await pool.getConnection()
    const waiting = pool.getConnection()
    first.release()
    const second = await waiting
    await second.query(
      'SELECT SQL_CALC_FOUND_ROWS 1 FROM (SELECT 1 UNION SELECT 2 UNION SELECT 3) AS t LIMIT 1',
    )
    await pause(1_300)
    const [[found]] = (await second.query('SELECT FOUND_ROWS() AS n')) as unknown as [[{ n: number }]]
    expect(found.n).toBe(3)
    second.release()
  })
})
