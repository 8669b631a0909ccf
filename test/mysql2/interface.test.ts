import { execFile } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import Module from 'node:module'
import { promisify } from 'node:util'
import { silence } from '@comeback/chaos'
import * as ours from '@comeback/mysql2'
import * as oursPromise from '@comeback/mysql2/promise'
import mysql2, * as stock from 'mysql2'
import type { Connection } from 'mysql2/promise'
import * as stockPromise from 'mysql2/promise'
import { describe, expect, it, vi } from 'vitest'
import { failureOf } from '../contract/failure.js'
import { callbackSide, onEveryServer, patientPolicy } from './bed.js'

const run = promisify(execFile)

/** mysql2 exports it; its typings do not say so. */
const { Pool } = mysql2 as unknown as { readonly Pool: new () => object }

/** The prototype's methods as monitoring tools patch them: by name, at run time. */
type Methods = Record<string, (...values: unknown[]) => unknown>

async function channelNames(use: () => Promise<unknown>): Promise<string[]> {
  const channels = ['query', 'execute', 'connect', 'pool:connect'].map(name => `tracing:mysql2:${name}:start`)
  const heard: string[] = []
  const note = (_message: unknown, name: string | symbol): void => void heard.push(String(name))
  for (const channel of channels) subscribe(channel, note)
  try {
    await use()
  } finally {
    for (const channel of channels) unsubscribe(channel, note)
  }
  return heard
}

async function useAll(pool: ReturnType<typeof stockPromise.createPool>): Promise<void> {
  const connection = await pool.getConnection()
  await connection.query('SELECT 1')
  await connection.execute('SELECT 1')
  connection.release()
  await pool.end()
}

it('has every name that mysql2 has, statically', () => {
  expect(Object.keys(ours)).toEqual(
    expect.arrayContaining(Object.keys(stock).filter(name => name !== 'module.exports')),
  )
  expect(Object.keys(oursPromise)).toEqual(
    expect.arrayContaining(Object.keys(stockPromise).filter(name => name !== 'module.exports')),
  )
})

it('exports mysql2’s own classes', () => {
  expect(ours.Connection).toBe(mysql2.Connection)
  expect(ours.PoolConnection).toBe(mysql2.PoolConnection)
  expect(ours).toHaveProperty('Pool', Pool)
  expect(ours.Types).toBe(mysql2.Types)
})

/** What `require` was asked for, by whomever, while a function ran. */
function required(use: () => unknown): readonly string[] {
  const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown }
  const load = vi.spyOn(loader, '_load')
  try {
    use()
    return load.mock.calls.map(([request]) => request)
  } finally {
    load.mockRestore()
  }
}

await onEveryServer(bed => {
  it('the promise flavour of a connection is made without asking for a module each time', async () => {
    const [theirs, own] = [mysql2.createPool(bed.server.config), ours.createPool(bed.server.config)]
    const connectionOf = (pool: mysql2.Pool): Promise<mysql2.PoolConnection> =>
      new Promise((resolve, reject) =>
        pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection))),
      )
    try {
      const connection = await connectionOf(own)
      const flavour = connection.promise()
      const stockConnection = await connectionOf(theirs)
      expect(flavour.constructor).toBe(stockConnection.promise().constructor)
      expect(required(() => stockConnection.promise())).not.toEqual([])
      const other: unknown[] = []
      expect(required(() => other.push(connection.promise()))).toEqual([])
      expect(other[0]).toBeInstanceOf(flavour.constructor)
      expect(other[0]).not.toBe(flavour)
    } finally {
      own.end()
      theirs.end()
    }
  })

  it('sessions and pools are instances of mysql2’s classes', async () => {
    const session = callbackSide(await bed.connect())
    expect(session).toBeInstanceOf(mysql2.Connection)
    const pool = bed.pool()
    expect(pool.pool).toBeInstanceOf(Pool)
    const pooled = await pool.getConnection()
    expect(callbackSide(pooled)).toBeInstanceOf(mysql2.PoolConnection)
    pooled.release()
  })

  it('a method of mysql2 that is patched later is honoured', async () => {
    const pool = bed.pool()
    const prototype = mysql2.PoolConnection.prototype as unknown as Methods
    const release = vi.spyOn(prototype, 'release')
    const connection = await pool.getConnection()
    connection.release()
    expect(release).toHaveBeenCalledTimes(1)
  })

  it('a wrapper around query() sees as many arguments as with mysql2', async () => {
    const counts = async (pool: ReturnType<typeof stockPromise.createPool>): Promise<number[]> => {
      const seen: number[] = []
      const prototype = Object.getPrototypeOf(mysql2.Connection.prototype) as Methods
      const { query } = prototype
      const patched = vi.spyOn(prototype, 'query').mockImplementation(function (this: unknown, ...values) {
        seen.push(values.length)
        return query?.apply(this, values)
      })
      await new Promise(resolve => pool.pool.query('SELECT 1', resolve))
      await new Promise(resolve => pool.pool.query('SELECT ?', [1], resolve))
      await new Promise(resolve => pool.pool.query('SELECT 1').once('end', resolve))
      patched.mockRestore()
      return seen
    }
    const stockPool = stockPromise.createPool(bed.viaProxy)
    bed.ending(() => stockPool.end())
    expect(await counts(bed.pool())).toEqual(await counts(stockPool))
  })

  it('mysql2’s diagnostics channels speak as often as with mysql2', async () => {
    const expected = await channelNames(() => useAll(stockPromise.createPool(bed.viaProxy)))
    const heard = await channelNames(() => useAll(oursPromise.createPool(bed.viaProxy, patientPolicy)))
    expect(heard.toSorted()).toEqual(expected.toSorted())
  })

  it('a rejected createConnection shows its caller', async () => {
    const theCaller = (): Promise<unknown> =>
      oursPromise.createConnection({ ...bed.viaProxy, password: 'wrong' })
    const failure = await failureOf(theCaller())
    expect(failure).toHaveProperty('errno', 1045)
    expect(failure.stack).toContain('theCaller')
  })

  it('what pools and ORMs read of a session is true, before and after a loss', async () => {
    const connection = callbackSide(await bed.connect())
    const session = connection as unknown as Record<string, unknown> & {
      threadId: number
      state: string
      stream: { destroyed: boolean }
      config: object
    }
    expect(session).toMatchObject({
      state: 'authenticated',
      authorized: true,
      _fatalError: null,
      _protocolError: null,
    })
    expect(session.config).toMatchObject({ user: bed.server.config.user })
    const { threadId } = session
    expect(session['_handshakePacket']).toMatchObject({ connectionId: threadId })
    await bed.lose(session)
    expect(session.stream.destroyed).toBe(true)
    expect(session.state).toMatch(/error|disconnected/)
    expect(session['_fatalError'] ?? session['_protocolError']).toBeInstanceOf(Error)
    await new Promise(resolve => connection.query('SELECT 1', resolve))
    expect(session).toMatchObject({ state: 'authenticated', _fatalError: null, _protocolError: null })
    expect(session.threadId).not.toBe(threadId)
    expect(session.stream.destroyed).toBe(false)
  })

  it('a pooled session is the same object in getConnection() and in all events', async () => {
    const pool = bed.pool({ connectionLimit: 1 })
    const seen = new Set<unknown>()
    for (const name of ['connection', 'acquire', 'release'] as const) pool.pool.on(name, one => seen.add(one))
    const first = await pool.getConnection()
    seen.add(callbackSide(first))
    first.release()
    const second = await pool.getConnection()
    seen.add(callbackSide(second))
    second.release()
    expect(seen.size).toBe(1)
  })

  describe('end()', () => {
    const settled = async (promise: Promise<unknown>): Promise<number> => {
      const since = performance.now()
      await promise.catch(() => undefined)
      return performance.now() - since
    }
    const links: { what: string; spoil: (session: Connection) => Promise<unknown> }[] = [
      { what: 'dead', spoil: session => bed.lose(session) },
      {
        what: 'black-holed',
        spoil: async () => {
          bed.proxy.inject(silence(), { phase: 'command', times: 'always' })
        },
      },
    ]
    for (const { what, spoil } of links) {
      it(`of a connection with a ${what} link settles promptly`, async () => {
        const session = await bed.connect()
        await spoil(session)
        expect(await settled(session.end())).toBeLessThan(3_000)
      })

      it(`of a pool with a ${what} link settles promptly`, async () => {
        const pool = bed.pool({ connectionLimit: 1 })
        const session = await pool.getConnection()
        await spoil(session)
        session.release()
        expect(await settled(pool.end())).toBeLessThan(3_000)
      })
    }
  })

  it('a process without an error listener survives the loss of an idle connection, and ends by itself', async () => {
    const program = `
      import { createConnection } from '@comeback/mysql2'
      const connection = createConnection(JSON.parse(process.argv[1]))
      connection.query('SELECT CONNECTION_ID() AS id', (error, [{ id }]) => {
        const other = createConnection(JSON.parse(process.argv[1]))
        other.query('KILL ' + id, () => setTimeout(() => {
          connection.query('SELECT 2 AS two', (failure, rows) => {
            console.log(failure ? String(failure) : JSON.stringify(rows))
            connection.end()
            other.end()
          })
        }, 50))
      })`
    const options = [
      '--conditions=comeback-source',
      `--import=${import.meta.resolve('tsx')}`,
      '--input-type=module',
    ]
    const { stdout } = await run(
      process.execPath,
      [...options, '-e', program, JSON.stringify(bed.server.rootConfig)],
      { cwd: import.meta.dirname, timeout: 20_000 },
    )
    expect(stdout.trim()).toBe('[{"two":2}]')
  })
})
