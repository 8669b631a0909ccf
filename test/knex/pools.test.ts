import { comeback } from '@comeback/knex'
import knex, { type Knex } from 'knex'
import { expect, it, vi } from 'vitest'
import { marker, patientPolicy } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { onEachServer } from './bed.js'

/** When the epoch began, in the time zone of the session. */
const midnightOf = async (db: Knex): Promise<unknown> => {
  const [rows] = await db.raw('SELECT CAST(FROM_UNIXTIME(0) AS CHAR) AS midnight')
  return rows[0].midnight
}

onEachServer('.timeout()', bed => {
  it('frees the slot, and the statement does not run on at the server', async () => {
    const db = bed.knex()
    const error = await failureOf(db.raw('SELECT SLEEP(20)').timeout(100).then())
    expect(error.name).toBe('KnexTimeoutError')
    const before = performance.now()
    await db.raw('DO 1')
    expect(performance.now() - before).toBeLessThan(5_000)
    await vi.waitFor(async () => {
      const running = (await bed.server.admin.processlist()).filter(({ info }) => info?.includes('SLEEP'))
      expect(running).toEqual([])
    })
  })

  it('with cancel frees the slot and keeps its connection', async () => {
    const db = bed.knex()
    await db.raw('DO 1')
    const [connection] = bed.proxy.journal.openConnections
    const error = await failureOf(db.select(db.raw('SLEEP(20)')).timeout(100, { cancel: true }).then())
    expect(error.name).toBe('KnexTimeoutError')
    await db.raw('DO 2')
    expect(bed.proxy.journal.sent(/DO 2/)[0]?.connection).toBe(connection?.id)
  })
})

onEachServer('a pool', bed => {
  it('of exactly one connection survives its loss, seen and unseen', async () => {
    const db = bed.knex({ pool: { min: 1, max: 1 }, link: bed.direct })
    for (const kill of [() => bed.killSeen(), () => bed.killUnseen()]) {
      const value = marker()
      await db.raw('DO 1')
      await Promise.resolve(kill())
      await db('facts').insert({ value })
      expect(await bed.rows(value)).toBe(1)
    }
  })

  it('runs afterCreate for each of its connections, and what it set is in force after each loss', async () => {
    let created = 0
    const db = bed.knex({
      pool: {
        min: 0,
        max: 1,
        afterCreate: (
          connection: { query: (sql: string, done: (e?: Error) => void) => void },
          done: (e?: Error) => void,
        ) => {
          created += 1
          connection.query("SET time_zone = '+03:00'", done)
        },
      },
    })
    expect(await midnightOf(db)).toBe('1970-01-01 03:00:00')
    expect(created).toBe(1)
    await bed.killSeen()
    expect(await midnightOf(db)).toBe('1970-01-01 03:00:00')
    expect(created).toBe(2)
    await db.transaction(async trx => {
      await bed.killSeen()
      expect(await midnightOf(trx)).toBe('1970-01-01 03:00:00')
    })
    expect(created).toBe(2)
  })

  it('asks a provider of its configuration for each connection, so that a password may change', async () => {
    const { admin } = bed.server
    const user = marker().replaceAll('-', '_')
    let password = 'first'
    let asked = 0
    await admin.query(`CREATE USER ${user}@'%' IDENTIFIED BY 'first'`)
    await admin.query(`GRANT ALL ON test.* TO ${user}@'%'`)
    try {
      const settings = bed.proxy.config(bed.server.config)
      const db = bed.knex({
        connection: async () => {
          asked += 1
          return { ...settings, user, password, expirationChecker: () => password === 'second' && asked < 2 }
        },
      })
      await db.raw('DO 1')
      password = 'second'
      await admin.query(`ALTER USER ${user}@'%' IDENTIFIED BY 'second'`)
      await bed.killSeen()
      await db.raw('DO 1')
      expect(asked).toBe(2)
    } finally {
      await admin.query(`DROP USER ${user}@'%'`)
    }
  })

  it('says nothing on the console of a connection that died idle, where stock Knex does', async () => {
    const heard: string[] = []
    const log = { warn: (text: string) => heard.push(text), error: (text: string) => heard.push(text) }
    for (const [db, expected] of [
      [bed.stock({ log }), 1],
      [bed.knex({ log }), 0],
    ] as const) {
      heard.length = 0
      await db.raw('DO 1')
      await bed.killSeen()
      await db.raw('DO 2')
      expect(heard).toHaveLength(expected)
    }
  })

  it('ends while the database is away, with its callers told', async () => {
    const db = bed.knex()
    await db.raw('DO 1')
    await bed.proxy.refuse()
    try {
      bed.proxy.cutAll('rst')
      await bed.allGone()
      const waiting = failureOf(db.raw('DO 1').then())
      await db.destroy()
      expect(await waiting).toBeInstanceOf(Error)
    } finally {
      await bed.proxy.accept()
    }
    expect(bed.proxy.journal.openConnections).toEqual([])
  })

  it('that ends leaves one from the same configuration alone', async () => {
    const config = comeback(bed.config(), patientPolicy)
    const [one, other] = [bed.keep(knex(config)), bed.keep(knex(config))]
    await Promise.all([one.raw('DO 1'), other.raw('DO 1')])
    await one.destroy()
    await bed.killSeen()
    await other.raw('DO 2')
  })
})

onEachServer('comeback.attach()', bed => {
  it('gives an instance sessions, and drops the connections that it had', async () => {
    const db = bed.keep(knex(bed.config()))
    await db.raw('DO 1')
    const [before] = bed.proxy.journal.openConnections
    expect(comeback.attach(db, patientPolicy)).toBe(db)
    await bed.killSeen()
    await db.raw('DO 2')
    await bed.killSeen()
    const value = marker()
    await db('facts').insert({ value }).comeback({ idempotent: true })
    expect(await bed.rows(value)).toBe(1)
    expect(bed.proxy.journal.openConnections.map(({ id }) => id)).not.toContain(before?.id)
  })

  it('mends its transactions', async () => {
    const db = comeback.attach(bed.keep(knex(bed.config())), patientPolicy)
    const error = await failureOf(
      db.transaction(async trx => {
        await trx('facts').insert({ value: marker() })
        await bed.killSeen()
      }),
    )
    expect(error).toMatchObject({ name: 'LostTransactionError', outcome: 'rolled-back' })
  })
})
