import { comeback, DatabaseUnavailableError } from '@comeback/sequelize'
import type { Connection } from 'mysql2'
import { QueryTypes, Sequelize } from 'sequelize'
import { expect, it, vi } from 'vitest'
import { marker, patientPolicy } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { factsOf, onEachServer } from './bed.js'

/** The numbers of a pool, which Sequelize does not declare. */
interface Pool {
  readonly size: number
  readonly using: number
  readonly available: number
}

const poolOf = (sequelize: Sequelize): Pool =>
  (sequelize as unknown as { connectionManager: { pool: Pool } }).connectionManager.pool

const one = async (sequelize: Sequelize, sql: string): Promise<Record<string, unknown>> => {
  const [row] = await sequelize.query<Record<string, unknown>>(sql, { type: QueryTypes.SELECT })
  if (row === undefined) throw new Error('There is no row.')
  return row
}

const threadOf = async (sequelize: Sequelize): Promise<unknown> =>
  (await one(sequelize, 'SELECT CONNECTION_ID() AS id'))['id']

/** When the epoch began, in the time zone of the session. */
const midnightOf = async (sequelize: Sequelize): Promise<unknown> =>
  (await one(sequelize, 'SELECT CAST(FROM_UNIXTIME(0) AS CHAR) AS midnight'))['midnight']

onEachServer('a pool', bed => {
  it('of exactly one connection survives its loss, seen and unseen', async () => {
    const sequelize = bed.sequelize({ ...bed.direct, pool: { min: 1, max: 1 } })
    for (const kill of [() => bed.killSeen(), () => bed.killUnseen()]) {
      const value = marker()
      await sequelize.query('DO 1')
      await Promise.resolve(kill())
      await factsOf(sequelize).create({ value })
      expect(await bed.rows(value)).toBe(1)
      expect(poolOf(sequelize)).toMatchObject({ size: 1, using: 0 })
    }
  })

  it('hands a connection from one caller to the next without a look, and as no promise', async () => {
    const sequelize = bed.sequelize({ pool: { min: 0, max: 2 } })
    await Promise.all([threadOf(sequelize), threadOf(sequelize)])
    bed.proxy.journal.clear()
    const looks = vi.spyOn(globalThis, 'setImmediate')
    const threads = await Promise.all(Array.from({ length: 50 }, () => threadOf(sequelize)))
    expect(new Set(threads).size).toBe(2)
    // Two turns of the event loop for each of the two that were idle.
    expect(looks.mock.calls.length).toBeLessThanOrEqual(4)
    const { connectionManager } = sequelize as unknown as {
      connectionManager: {
        getConnection(): Promise<Connection>
        releaseConnection(connection: Connection): void
      }
    }
    await new Promise(resolve => setTimeout(resolve, 20))
    const connection = await connectionManager.getConnection()
    expect((connection as Partial<PromiseLike<unknown>>).then).toBeUndefined()
    connectionManager.releaseConnection(connection)
    expect((connection as Partial<PromiseLike<unknown>>).then).toBeUndefined()
  })

  it('serves all who wait when what is idle in it has died unseen', async () => {
    const sequelize = bed.sequelize({ ...bed.direct, pool: { min: 0, max: 3 } })
    const at = (): Promise<unknown[]> => Promise.all(Array.from({ length: 20 }, () => threadOf(sequelize)))
    const before = new Set(await at())
    bed.killUnseen()
    const after = await at()
    expect(after.filter(thread => before.has(thread))).toEqual([])
    expect(poolOf(sequelize)).toMatchObject({ using: 0 })
    expect(poolOf(sequelize).size).toBeLessThanOrEqual(3)
  })

  it('shows nothing dead to the hooks of whoever acquires, and runs them once', async () => {
    const sequelize = bed.sequelize(bed.direct)
    const acquired: unknown[] = []
    const waiting = vi.fn()
    sequelize.addHook('beforePoolAcquire', waiting)
    sequelize.addHook('afterPoolAcquire', async connection => {
      const { threadId } = connection as Connection
      await new Promise<void>((resolve, reject) => {
        ;(connection as Connection).ping(error => (error ? reject(error) : resolve()))
      })
      acquired.push(threadId)
    })
    await sequelize.query('DO 1')
    bed.killUnseen()
    await sequelize.query('DO 2')
    expect(new Set(acquired).size).toBe(2)
    expect(acquired).toHaveLength(2)
    expect(waiting).toHaveBeenCalledTimes(2)
  })

  it('sets up each of its connections anew, and what was set is in force after each loss', async () => {
    const sequelize = bed.sequelize({ timezone: '+03:00' })
    const connected = vi.fn()
    sequelize.addHook('afterConnect', connected)
    expect(await midnightOf(sequelize)).toBe('1970-01-01 03:00:00')
    await bed.killSeen()
    expect(await midnightOf(sequelize)).toBe('1970-01-01 03:00:00')
    expect(connected).toHaveBeenCalledTimes(2)
    await sequelize.transaction(async transaction => {
      await bed.killSeen()
      const [rows] = await sequelize.query('SELECT CAST(FROM_UNIXTIME(0) AS CHAR) AS midnight', {
        transaction,
      })
      expect(rows).toEqual([{ midnight: '1970-01-01 03:00:00' }])
    })
    expect(connected).toHaveBeenCalledTimes(2)
  })

  it('asks beforeConnect for each connection, so that a password may change', async () => {
    const { admin } = bed.server
    const user = marker().replaceAll('-', '_')
    let password = 'first'
    await admin.query(`CREATE USER ${user}@'%' IDENTIFIED BY 'first'`)
    await admin.query(`GRANT ALL ON test.* TO ${user}@'%'`)
    try {
      const sequelize = bed.sequelize({ username: user })
      sequelize.addHook('beforeConnect', config => {
        config.password = password
      })
      await sequelize.authenticate()
      password = 'second'
      await admin.query(`ALTER USER ${user}@'%' IDENTIFIED BY 'second'`)
      await bed.killSeen()
      await sequelize.authenticate()
    } finally {
      await admin.query(`DROP USER ${user}@'%'`)
    }
  })

  it('gives out a connection no longer than its lifetime', async () => {
    const sequelize = bed.sequelize({}, { maxLifetimeMs: 30, lifetimeJitterMs: 0 })
    const first = await threadOf(sequelize)
    await new Promise(resolve => setTimeout(resolve, 60))
    expect(await threadOf(sequelize)).not.toBe(first)
    expect(poolOf(sequelize)).toMatchObject({ size: 1, using: 0 })
  })

  it('does not give out a connection that was returned in the middle of a transaction', async () => {
    const sequelize = bed.sequelize()
    const facts = factsOf(sequelize)
    const value = marker()
    await sequelize.query('START TRANSACTION')
    await facts.create({ value })
    expect(await bed.rows(value)).toBe(1)
    expect(poolOf(sequelize)).toMatchObject({ size: 1, using: 0 })
  })

  it('drops a connection that is said to have failed, as with stock Sequelize', async () => {
    for (const sequelize of [bed.stock(), bed.sequelize()]) {
      const { connectionManager } = sequelize as unknown as {
        connectionManager: {
          getConnection(): Promise<Connection>
          releaseConnection(connection: Connection): void
        }
      }
      const connection = await connectionManager.getConnection()
      connection.emit('error', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
      expect(poolOf(sequelize)).toMatchObject({ size: 0, using: 0 })
      connectionManager.releaseConnection(connection)
      await sequelize.query('DO 1')
      expect(poolOf(sequelize)).toMatchObject({ size: 1, using: 0 })
    }
  })

  it('counts uses as with stock Sequelize', async () => {
    const run = async (sequelize: Sequelize): Promise<number> => {
      const threads = []
      for (const _ of Array.from({ length: 6 })) threads.push(await threadOf(sequelize))
      return new Set(threads).size
    }
    const pool = { max: 1, maxUses: 2 } as object
    expect(await run(bed.sequelize({ pool }))).toBe(await run(bed.stock({ pool })))
  })

  it('asks the application’s own validate as well', async () => {
    const validate = vi.fn(() => true)
    const sequelize = bed.sequelize({ pool: { max: 1, validate } })
    await sequelize.query('DO 1')
    await bed.killSeen()
    await sequelize.query('DO 2')
    expect(validate).toHaveBeenCalledTimes(1)
    validate.mockReturnValue(false)
    await sequelize.query('DO 3')
    expect(bed.proxy.journal.connections).toHaveLength(3)
  })

  it('is not emptied by a connection whose hook fails', async () => {
    const sequelize = bed.sequelize()
    const fail = vi.fn(() => {
      throw new Error('not ready')
    })
    sequelize.addHook('afterConnect', 'fail', fail)
    for (const _ of ['once', 'twice'])
      expect((await failureOf(sequelize.query('DO 1'))).message).toBe('not ready')
    sequelize.removeHook('afterConnect', 'fail')
    await sequelize.query('DO 1')
    expect(poolOf(sequelize)).toMatchObject({ size: 1, using: 0 })
    await expect.poll(() => bed.proxy.journal.openConnections.length).toBe(1)
  })

  it('runs the hooks of stock Sequelize by stock Sequelize’s own method where none is given a connection', async () => {
    const sequelize = bed.sequelize()
    sequelize.addHook('beforeQuery', () => undefined)
    await sequelize.query('DO 1')
    expect(Object.hasOwn(sequelize, 'runHooks')).toBe(false)
  })

  it('minds a hook that was given with the options', async () => {
    const sequelize = bed.sequelize({
      hooks: {
        afterPoolAcquire: () => {
          throw new Error('not ready')
        },
      } as never,
    })
    expect((await failureOf(sequelize.query('DO 1'))).message).toBe('not ready')
    expect(poolOf(sequelize)).toMatchObject({ using: 0 })
  })

  it('leaves no connection open that could not be set up', async () => {
    const sequelize = bed.sequelize({ timezone: '+99:00' })
    await failureOf(sequelize.query('DO 1'))
    expect(bed.proxy.journal.connections).toHaveLength(1)
    await expect.poll(() => bed.proxy.journal.openConnections.length).toBe(0)
  })

  for (const [stack, open, outcome] of [
    [
      'loses the place of a connection whose afterPoolAcquire fails, with stock Sequelize',
      () => bed.stock(),
      1,
    ],
    ['keeps the place of a connection whose afterPoolAcquire fails, with Comeback', () => bed.sequelize(), 0],
  ] as const) {
    it(stack, async () => {
      const sequelize = open()
      sequelize.addHook('afterPoolAcquire', 'fail', () => {
        throw new Error('not ready')
      })
      expect((await failureOf(sequelize.query('DO 1'))).message).toBe('not ready')
      expect(poolOf(sequelize)).toMatchObject({ using: outcome })
      sequelize.removeHook('afterPoolAcquire', 'fail')
    })
  }

  it('ends while the database is away, with its callers told', async () => {
    const sequelize = bed.sequelize({}, { outage: { maxWaitMs: 20_000 }, retry: { deadlineMs: 20_000 } })
    await sequelize.query('DO 1')
    await bed.proxy.refuse()
    try {
      bed.proxy.cutAll()
      await bed.allGone()
      const told = failureOf(sequelize.query('DO 2'))
      await new Promise(resolve => setTimeout(resolve, 50))
      const startedAt = performance.now()
      await sequelize.close()
      expect(performance.now() - startedAt).toBeLessThan(5_000)
      expect(await told).toBeInstanceOf(DatabaseUnavailableError)
    } finally {
      await bed.proxy.accept()
    }
  })

  it('of one instance ends without the pool of another that was made of the same options', async () => {
    const options = comeback(bed.options(), patientPolicy)
    const [first, second] = [new Sequelize(options), bed.keep(new Sequelize(options))]
    await Promise.all([first.authenticate(), second.authenticate()])
    await first.close()
    await bed.killSeen().catch(() => undefined)
    await second.authenticate()
  })
})

onEachServer('an instance that is attached', bed => {
  it('has sessions from then on, also when its pool was warm', async () => {
    const sequelize = bed.keep(new Sequelize(bed.options(bed.direct)))
    await sequelize.query('DO 1')
    comeback.attach(sequelize, patientPolicy)
    const value = marker()
    for (const _ of ['first', 'second']) {
      bed.killUnseen()
      await factsOf(sequelize).create({ value })
    }
    expect(await bed.rows(value)).toBe(2)
    expect(poolOf(sequelize)).toMatchObject({ size: 1, using: 0 })
  })

  it('has sessions also where the application validates what its warm pool holds', async () => {
    const pool = { min: 0, max: 1, validate: () => true }
    const sequelize = bed.keep(new Sequelize(bed.options({ ...bed.direct, pool })))
    await sequelize.query('DO 1')
    comeback.attach(sequelize, patientPolicy)
    for (const _ of ['first', 'second']) {
      bed.killUnseen()
      await sequelize.query('DO 2')
    }
    expect(poolOf(sequelize)).toMatchObject({ size: 1, using: 0 })
  })
})
