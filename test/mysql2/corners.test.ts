import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { cut, hold, silence } from '@comeback/chaos'
import { annotate, ComebackConfigError, LostConnectionError, OutcomeUnknownError } from '@comeback/core'
import { expect, it } from 'vitest'
import { failureOf } from '../contract/failure.js'
import { callbackSide, firstRow, marker, onEveryServer } from './bed.js'

const insert = (value: string): string => `INSERT INTO facts (value) VALUES ('${value}')`

interface Handle {
  execute(values: readonly unknown[], done: (error: unknown, rows?: unknown) => void): void
  close(): void
}

await onEveryServer(bed => {
  const prepared = async (connection: object, sql: string): Promise<Handle> =>
    new Promise((resolve, reject) => {
      callbackSide(connection as never).prepare(sql, (error, handle) =>
        error ? reject(error) : resolve(handle as unknown as Handle),
      )
    })

  it('a write that `verify` calls not done is not sent into a transaction begun meanwhile', async () => {
    const connection = await bed.connect()
    const value = marker()
    let answer: (tookEffect: boolean) => void = () => undefined
    const looked = new Promise<boolean>(resolve => {
      answer = resolve
    })
    bed.proxy.inject(cut(), { match: new RegExp(value) })
    const write = failureOf(
      connection.query({ sql: insert(value), comeback: { verify: () => looked } } as never),
    )
    await connection.beginTransaction()
    answer(false)
    expect(await write).toBeInstanceOf(OutcomeUnknownError)
    await connection.commit()
    expect(await bed.rows(value)).toBe(0)
  })

  it('a write that `verify` calls not done is sent again where no transaction stands in its way', async () => {
    const connection = await bed.connect()
    const value = marker()
    bed.proxy.inject(cut(), { match: new RegExp(value) })
    const verify = async (): Promise<boolean> => (await bed.rows(value)) > 0
    await connection.query({ sql: insert(value), comeback: { verify } } as never)
    expect(await bed.rows(value)).toBe(1)
  })

  it('a handle closed right behind its execute() is executed on the new link', async () => {
    const connection = await bed.connect()
    const value = marker()
    const handle = await prepared(connection, insert(value))
    await bed.lose(connection)
    const executed = new Promise((resolve, reject) => {
      handle.execute([], (error, result) => (error ? reject(error) : resolve(result)))
    })
    handle.close()
    await executed
    expect(await bed.rows(value)).toBe(1)
    expect(await firstRow(connection, 'SELECT 1 AS one')).toEqual({ one: 1 })
  })

  it('what is issued in the callback of a held statement comes behind what was held with it', async () => {
    const connection = await bed.connect()
    await bed.lose(connection)
    const order: number[] = []
    const inner = connection.query('SELECT 1').then(() => {
      order.push(1)
      return connection.query('SELECT 3').then(() => order.push(3))
    })
    await Promise.all([inner, connection.query('SELECT 2').then(() => order.push(2))])
    expect(order).toEqual([1, 2, 3])
    const sent = bed.proxy.journal.commands.map(({ sql }) => sql).filter(sql => sql?.startsWith('SELECT'))
    expect(sent.slice(-3)).toEqual(['SELECT 1', 'SELECT 2', 'SELECT 3'])
  })

  it('a pooled session that the pool has dropped is not revived by what was issued on it before', async () => {
    const pool = bed.pool({ connectionLimit: 1 })
    const connection = await pool.getConnection()
    await bed.lose(connection)
    connection.destroy()
    expect(await failureOf(connection.query('SELECT 1'))).toBeInstanceOf(Error)
    await pool.query('SELECT 2')
    expect(bed.proxy.journal.openConnections.length).toBe(1)
  })

  it('a statement withdrawn from a session that was given back leaves the next user alone', async () => {
    const pool = bed.pool({ connectionLimit: 1 })
    const connection = await pool.getConnection()
    const slow = connection.query('SELECT SLEEP(0.4) AS slept')
    const withdrawn = failureOf(annotate({ deadlineMs: 100 }, () => connection.query(insert('withdrawn'))))
    connection.release()
    const next = pool.query('SELECT 5 AS five')
    expect(await withdrawn).toBeInstanceOf(LostConnectionError)
    await slow
    expect((await next)[0]).toEqual([{ five: 5 }])
    expect(await bed.rows('withdrawn')).toBe(0)
  })

  it('a rule of the application’s that throws does not stop a recovery', async () => {
    const connection = await bed.connect(
      {},
      {
        classify: () => {
          throw new Error('a rule with a mistake in it')
        },
      },
    )
    bed.proxy.inject(cut(), { match: /sentinel/ })
    expect(await firstRow(connection, "SELECT 'sentinel' AS word")).toEqual({ word: 'sentinel' })
  })

  it('the deadline of an execute() counts while its PREPARE hangs', async () => {
    const connection = await bed.connect()
    bed.proxy.inject(silence(), { kind: 'prepare' })
    const since = performance.now()
    const error = await failureOf(annotate({ deadlineMs: 200 }, () => connection.execute(insert('hangs'))))
    expect(error).toMatchObject({ executed: 'no' })
    expect(performance.now() - since).toBeLessThan(3_000)
    expect(await firstRow(connection, 'SELECT 1 AS one')).toEqual({ one: 1 })
    expect(await bed.rows('hangs')).toBe(0)
  })

  it('a socket that was given ready-made serves one link, and says so when that is lost', async () => {
    const socket = connect(bed.proxy.port, bed.proxy.host)
    await once(socket, 'connect')
    const connection = await bed.connect({ stream: socket as never })
    expect(await firstRow(connection, 'SELECT 1 AS one')).toEqual({ one: 1 })
    bed.proxy.inject(cut(), { match: /gone/ })
    const since = performance.now()
    expect(await failureOf(connection.query("SELECT 'gone'"))).toBeInstanceOf(ComebackConfigError)
    expect(performance.now() - since).toBeLessThan(2_000)
  })

  it('a function that opens sockets serves as many as there are links', async () => {
    const connection = await bed.connect({ stream: (() => connect(bed.proxy.port, bed.proxy.host)) as never })
    bed.proxy.inject(cut(), { match: /again/ })
    expect(await firstRow(connection, "SELECT 'again' AS word")).toEqual({ word: 'again' })
  })

  it('close() of the promise flavour ends what was held, and opens nothing more', async () => {
    const connection = await bed.connect()
    await bed.proxy.refuse()
    bed.proxy.cutAll('rst')
    const held = failureOf(connection.query('SELECT 1'))
    await pause(50)
    ;(connection as unknown as { close(): void }).close()
    expect(await held).toBeInstanceOf(Error)
    await bed.proxy.accept()
    const opened = bed.proxy.journal.connections.length
    await pause(500)
    expect(bed.proxy.journal.connections.length).toBe(opened)
  })

  it('what comes while the promise flavour is paused is watched as well', async () => {
    const connection = await bed.connect()
    bed.proxy.inject(hold(), { match: /^BEGIN/ })
    const begun = connection.query('BEGIN')
    await bed.proxy.until(journal => journal.commands.some(({ sql }) => sql === 'BEGIN'))
    connection.pause()
    bed.proxy.clear()
    await pause(50)
    connection.resume()
    await begun
    await connection.query(insert('paused'))
    await bed.lose(connection)
    expect(await failureOf(connection.query(insert('paused')))).toMatchObject({
      name: 'LostTransactionError',
    })
    expect(await bed.rows('paused')).toBe(0)
  })

  it('rows that Comeback asks for do not go through the typeCast of the application', async () => {
    const seen: string[] = []
    const connection = await bed.connect({
      typeCast(field, next) {
        seen.push(field.name)
        return next()
      },
    })
    // Before a request as large as this one, the server is asked how much it takes.
    await connection.query('SELECT LENGTH(?) AS own', ['x'.repeat(300_000)])
    expect(seen).toEqual(['own'])
  })

  it('a port that is none is told at once, in the words of Node', async () => {
    const pool = bed.pool({ port: 99_999 })
    const since = performance.now()
    const error = await failureOf(pool.query('SELECT 1'))
    expect(error).toMatchObject({ code: 'ERR_SOCKET_BAD_PORT', message: expect.stringMatching(/< 65536/) })
    expect(performance.now() - since).toBeLessThan(2_000)
  })

  it('an endpoint that is no database is told at once', async () => {
    const server = createServer(socket => {
      // A greeting, then neither OK nor an error: protocol version 10, "5.7", capabilities, and a packet 0x42.
      const greeting = Buffer.from(
        '0a352e3700010000006162636465666768 00ffff08020 0ff8115000000000000000000006162636465666768696a6b6c006d7973716c5f6e61746976655f70617373776f726400'.replaceAll(
          ' ',
          '',
        ),
        'hex',
      )
      socket.write(Buffer.concat([Buffer.from([greeting.length, 0, 0, 0]), greeting]))
      socket.once('data', () => socket.write(Buffer.from([1, 0, 0, 2, 0x42])))
      socket.on('error', () => undefined)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const since = performance.now()
    try {
      expect(await failureOf(bed.connect({ host: '127.0.0.1', port }))).toMatchObject({
        code: 'HANDSHAKE_UNKNOWN_ERROR',
      })
      expect(performance.now() - since).toBeLessThan(2_000)
    } finally {
      server.close()
    }
  })
})
