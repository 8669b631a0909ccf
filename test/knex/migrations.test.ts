import { cut, cutAfterForward } from '@comeback/chaos'
import { LostTransactionError } from '@comeback/knex'
import type { Knex } from 'knex'
import { expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { type KnexBed, onEachServer } from './bed.js'

interface Step extends Knex.Migration {
  readonly name: string
}

const table = (): string => marker().replaceAll('-', '_')

/** Migrations that are given as they are, with tables of their own for Knex's notes. */
function plan(steps: readonly Step[], notes = table()): Knex.MigratorConfig {
  return {
    tableName: notes,
    migrationSource: {
      getMigrations: async () => [...steps],
      getMigrationName: ({ name }: Step) => name,
      getMigration: async (step: Step) => step,
    },
  }
}

const creates = (name: string, more?: (db: Knex) => Promise<unknown>): Step => ({
  name,
  up: async db => {
    await db.schema.createTable(name, columns => void columns.increments('id'))
    await more?.(db)
  },
  down: db => db.schema.dropTable(name).then(() => undefined),
})

async function isLocked(bed: KnexBed, config: Knex.MigratorConfig): Promise<boolean> {
  const [row] = await bed.server.admin.query<{ locked: number }>(
    `SELECT is_locked AS locked FROM test.${config.tableName}_lock`,
  )
  return row?.locked === 1
}

const freesLock = /UPDATE `\w+_lock` SET `is_locked` = 0/i

onEachServer('migrations', bed => {
  it('go up and down', async () => {
    const db = bed.knex()
    const name = table()
    const config = plan([creates(name)])
    expect((await db.migrate.latest(config))[1]).toEqual([name])
    expect(await db.schema.hasTable(name)).toBe(true)
    await db.migrate.rollback(config)
    expect(await db.schema.hasTable(name)).toBe(false)
    expect(await isLocked(bed, config)).toBe(false)
  })

  it('go on when the connection is lost before they begin', async () => {
    const db = bed.knex()
    await db.raw('DO 1')
    await bed.killSeen()
    const name = table()
    await db.migrate.latest(plan([creates(name)]))
    expect(await db.schema.hasTable(name)).toBe(true)
  })

  it('whose DDL lost its answer are of unknown outcome, and the DDL is sent once', async () => {
    const db = bed.knex()
    const name = table()
    const config = plan([creates(name)])
    bed.proxy.inject(cutAfterForward(), { match: new RegExp(`create table .${name}`, 'i') })
    const error = await failureOf(db.migrate.latest(config))
    expect(error).toMatchObject({ executed: 'unknown' })
    expect(await db.schema.hasTable(name)).toBe(true)
    expect(bed.proxy.journal.sentTimes(new RegExp(`create table .${name}`, 'i'))).toBe(1)
  })

  it('that were lost in their DDL stay locked until a person frees them', async () => {
    const db = bed.knex()
    const name = table()
    const config = plan([creates(name)])
    bed.proxy.inject(cutAfterForward(), { match: new RegExp(`create table .${name}`, 'i') })
    await failureOf(db.migrate.latest(config))
    expect(await isLocked(bed, config)).toBe(true)
    expect((await failureOf(db.migrate.latest(config))).name).toBe('MigrationLocked')
    expect(bed.proxy.journal.sentTimes(freesLock)).toBe(0)
  })

  it('that are lost after their DDL are not called rolled back', async () => {
    const db = bed.knex()
    const name = table()
    const value = marker()
    const config = plan([creates(name, trx => trx('facts').insert({ value }).then())])
    bed.proxy.inject(cut(), { match: new RegExp(value) })
    const error = await failureOf(db.migrate.latest(config))
    expect(error).not.toMatchObject({ outcome: 'rolled-back' })
    expect(error).toMatchObject({ executed: 'unknown' })
    expect(await db.schema.hasTable(name)).toBe(true)
  })

  it('that are lost without any DDL are rolled back, and say so', async () => {
    const db = bed.knex()
    const value = marker()
    const lost: Step = {
      name: value,
      up: async trx => {
        await trx('facts').insert({ value })
        bed.proxy.inject(cut(), { match: /DO 7/ })
        await trx.raw('DO 7')
      },
      down: async () => undefined,
    }
    const config = plan([lost])
    const error = await failureOf(db.migrate.latest(config))
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(error).toMatchObject({ outcome: 'rolled-back' })
    expect(await bed.rows(value)).toBe(0)
    expect(await isLocked(bed, config)).toBe(false)
  })
})

onEachServer('the lock of migrations', bed => {
  it('is never forced', async () => {
    const db = bed.knex()
    const name = table()
    const config = plan([])
    await db.migrate.latest(config)
    await bed.server.admin.query(`UPDATE test.${config.tableName}_lock SET is_locked = 1`)
    await bed.killSeen()
    bed.proxy.journal.clear()
    const error = await failureOf(
      db.migrate.latest({ ...config, ...plan([creates(name)], config.tableName) }),
    )
    expect(error.name).toBe('MigrationLocked')
    expect(await isLocked(bed, config)).toBe(true)
    expect(bed.proxy.journal.sentTimes(freesLock)).toBe(0)
    await db.migrate.forceFreeMigrationsLock(config)
    expect(await isLocked(bed, config)).toBe(false)
  })
})

onEachServer('the schema builder', bed => {
  it('waits for the database before it begins', async () => {
    const db = bed.knex()
    await db.raw('DO 1')
    await bed.killSeen()
    const name = table()
    await db.schema.createTable(name, columns => void columns.increments('id'))
    expect(await db.schema.hasTable(name)).toBe(true)
  })

  it('stops at a statement that lost its answer; the ones before it stay', async () => {
    const db = bed.knex()
    const [first, second, third] = [table(), table(), table()]
    bed.proxy.inject(cutAfterForward(), { match: new RegExp(second) })
    const error = await failureOf(
      db.schema
        .createTable(first, columns => void columns.increments('id'))
        .createTable(second, columns => void columns.increments('id'))
        .createTable(third, columns => void columns.increments('id'))
        .then(),
    )
    expect(error).toMatchObject({ name: 'OutcomeUnknownError', executed: 'unknown' })
    const exist = await Promise.all([first, second, third].map(name => db.schema.hasTable(name)))
    expect(exist).toEqual([true, true, false])
    expect(bed.proxy.journal.sentTimes(new RegExp(`create table .${third}`))).toBe(0)
  })
})
