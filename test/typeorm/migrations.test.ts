import { cut, cutAfterForward } from '@comeback/chaos'
import { ComebackError, LostTransactionError, OutcomeUnknownError } from '@comeback/typeorm'
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm'
import { expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { onEachServer, type TypeormBed } from './bed.js'

type Step = (runner: QueryRunner) => Promise<unknown>

let steps = 0

const identifier = (): string => marker().replaceAll('-', '_')

/** A migration as TypeORM wants it: a class whose name ends in a time. */
function migration(up: Step, down: Step = async () => undefined): new () => MigrationInterface {
  steps += 1
  const name = `Step${1_700_000_000_000 + steps}`
  return class implements MigrationInterface {
    readonly name = name

    async up(runner: QueryRunner): Promise<void> {
      await up(runner)
    }

    async down(runner: QueryRunner): Promise<void> {
      await down(runner)
    }
  }
}

const creates = (table: string, more?: Step): (new () => MigrationInterface) =>
  migration(
    async runner => {
      await runner.query(`CREATE TABLE ${table} (id INT PRIMARY KEY)`)
      await more?.(runner)
    },
    runner => runner.query(`DROP TABLE ${table}`),
  )

const puts = (value: string): (new () => MigrationInterface) =>
  migration(runner => runner.query('INSERT INTO facts (value) VALUES (?)', [value]))

const modes = ['all', 'each', 'none'] as const

onEachServer('migrations', bed => {
  const open = async (
    given: TypeormBed,
    ...migrations: (new () => MigrationInterface)[]
  ): Promise<readonly [DataSource, string]> => {
    const migrationsTableName = identifier()
    return [await given.typeorm({ options: { migrations, migrationsTableName } }), migrationsTableName]
  }
  const has = async (table: string): Promise<boolean> =>
    (await bed.server.admin.query('SHOW TABLES FROM test LIKE ?', [table])).length === 1
  const notedIn = async (table: string): Promise<number> =>
    (await bed.server.admin.query(`SELECT id FROM test.${table}`)).length

  it('go up and down', async () => {
    const table = identifier()
    const [dataSource, notes] = await open(bed, creates(table))
    expect(await dataSource.runMigrations()).toHaveLength(1)
    expect(await has(table)).toBe(true)
    await dataSource.undoLastMigration()
    expect(await has(table)).toBe(false)
    expect(await notedIn(notes)).toBe(0)
  })

  for (const transaction of modes) {
    it(`go on when the connection is lost before they begin, in mode ${transaction}`, async () => {
      const [first, second] = [identifier(), identifier()]
      const [dataSource, notes] = await open(bed, creates(first), creates(second))
      await dataSource.query('SELECT 1')
      await bed.killSeen()
      expect(await dataSource.runMigrations({ transaction })).toHaveLength(2)
      expect(await notedIn(notes)).toBe(2)
    })

    it(`whose DDL lost its answer are of unknown outcome, and the DDL is sent once, in mode ${transaction}`, async () => {
      const table = identifier()
      const [dataSource, notes] = await open(bed, creates(table))
      const ddl = new RegExp(`CREATE TABLE ${table}`)
      bed.proxy.inject(cutAfterForward(), { match: ddl })
      const error = await failureOf(dataSource.runMigrations({ transaction }))
      if (transaction === 'none') expect(error).toBeInstanceOf(OutcomeUnknownError)
      else expect(error).toMatchObject({ comeback: 'LostTransactionError', outcome: 'unknown' })
      expect(bed.proxy.journal.sentTimes(ddl)).toBe(1)
      expect(await has(table)).toBe(true)
      expect(await notedIn(notes)).toBe(0)
    })

    it(`whose note is lost after DDL are never said to be rolled back, in mode ${transaction}`, async () => {
      const table = identifier()
      const [dataSource, notes] = await open(bed, creates(table))
      bed.proxy.inject(cutAfterForward(), { match: new RegExp(`INSERT INTO .*${notes}`) })
      const error = await failureOf(dataSource.runMigrations({ transaction }))
      expect(error).toBeInstanceOf(ComebackError)
      expect(error).not.toMatchObject({ outcome: 'rolled-back' })
      expect(bed.proxy.journal.sentTimes(new RegExp(`INSERT INTO .*${notes}`))).toBe(1)
      expect(await has(table)).toBe(true)
    })
  }

  for (const transaction of ['all', 'each'] as const) {
    it(`without DDL are rolled back whole, and run again, in mode ${transaction}`, async () => {
      const value = marker()
      const [dataSource, notes] = await open(bed, puts(value))
      bed.proxy.inject(cut(), { match: new RegExp(`INSERT INTO .*${notes}`) })
      const error = await failureOf(dataSource.runMigrations({ transaction }))
      expect(error).toBeInstanceOf(LostTransactionError)
      expect(error).toMatchObject({ outcome: 'rolled-back' })
      expect(await bed.rows(value)).toBe(0)
      expect(await dataSource.runMigrations({ transaction })).toHaveLength(1)
      expect(await bed.rows(value)).toBe(1)
      expect(await notedIn(notes)).toBe(1)
    })

    it(`whose COMMIT lost its answer are of unknown outcome, and noted, in mode ${transaction}`, async () => {
      const value = marker()
      const [dataSource, notes] = await open(bed, puts(value))
      bed.proxy.inject(cutAfterForward(), { match: /^COMMIT/i })
      const error = await failureOf(dataSource.runMigrations({ transaction }))
      expect(error).toMatchObject({ comeback: 'LostTransactionError', outcome: 'unknown', phase: 'commit' })
      expect(await dataSource.runMigrations({ transaction })).toEqual([])
      expect(await bed.rows(value)).toBe(1)
      expect(await notedIn(notes)).toBe(1)
    })
  }

  it('go on with the first that is not done, in mode each', async () => {
    const [first, second] = [marker(), marker()]
    const [dataSource, notes] = await open(bed, puts(first), puts(second))
    bed.proxy.inject(cut(), { match: new RegExp(second) })
    expect(await failureOf(dataSource.runMigrations({ transaction: 'each' }))).toMatchObject({
      outcome: 'rolled-back',
    })
    expect(await notedIn(notes)).toBe(1)
    expect(await dataSource.runMigrations({ transaction: 'each' })).toHaveLength(1)
    expect(await bed.rows(first)).toBe(1)
    expect(await bed.rows(second)).toBe(1)
  })
})
