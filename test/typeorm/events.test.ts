import { cut, cutAfterForward } from '@comeback/chaos'
import { LostTransactionError, OutcomeUnknownError } from '@comeback/typeorm'
import {
  type AfterQueryEvent,
  type BeforeQueryEvent,
  type DataSource,
  type EntitySubscriberInterface,
  EventSubscriber,
  type Logger,
  QueryFailedError,
  type QueryRunner,
} from 'typeorm'
import { beforeEach, expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { Fact } from '../contract/stacks/typeorm.js'
import { onEachServer, type TypeormBed } from './bed.js'

/** What a subscriber has been told since the test began. */
const told: string[] = []

class Told implements EntitySubscriberInterface {
  beforeQuery({ query }: BeforeQueryEvent): void {
    told.push(`before ${verb(query)}`)
  }

  afterQuery({ query, success }: AfterQueryEvent): void {
    told.push(`after ${verb(query)} ${success ? 'well' : 'failed'}`)
  }

  afterInsert(): void {
    told.push('inserted')
  }

  beforeTransactionStart(): void {
    told.push('starting')
  }

  afterTransactionStart(): void {
    told.push('started')
  }

  afterTransactionCommit(): void {
    told.push('committed')
  }

  afterTransactionRollback(): void {
    told.push('rolled back')
  }
}

EventSubscriber()(Told)

const verb = (sql: string): string => sql.split(' ', 1)[0] ?? ''

/** A logger that keeps what it is given, the query runner left out. */
class Kept implements Logger {
  readonly lines: string[] = []

  logQuery(query: string): void {
    this.lines.push(`query ${verb(query)}`)
  }

  logQueryError(_error: string | Error, query: string, _values?: unknown[], runner?: QueryRunner): void {
    this.lines.push(`error ${verb(query)} ${runner === undefined ? 'of nobody' : 'of a runner'}`)
  }

  logQuerySlow(_ms: number, query: string): void {
    this.lines.push(`slow ${verb(query)}`)
  }

  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}

const open = async (bed: TypeormBed, maxQueryExecutionTime = 5_000) => {
  const logger = new Kept()
  const dataSource = await bed.typeorm({ options: { logger, maxQueryExecutionTime, subscribers: [Told] } })
  logger.lines.length = 0
  told.length = 0
  return { dataSource, logger }
}

onEachServer('subscribers and the logger', bed => {
  beforeEach(() => void told.splice(0))

  it("come before Comeback's own in the list of a data source, whenever they were declared", async () => {
    const first = await bed.typeorm({ options: { subscribers: [Told] } })
    class Late implements EntitySubscriberInterface {}
    EventSubscriber()(Late)
    const second = await bed.typeorm({ options: { subscribers: [Late, Told] } })
    const names = ({ subscribers }: DataSource) => subscribers.map(one => one.constructor.name)
    expect(names(first)).toEqual(['Told', 'RunnerKeeper'])
    expect(names(second)).toEqual(['Told', 'Late', 'RunnerKeeper'])
  })

  it('are told once of a statement that is sent twice', async () => {
    const { dataSource, logger } = await open(bed)
    const value = marker()
    bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
    await dataSource.manager.findBy(Fact, { value })
    expect(bed.sent(value)).toBe(2)
    expect(told).toEqual(['before SELECT', 'after SELECT well'])
    expect(logger.lines).toEqual(['query SELECT'])
  })

  it('are told once of a statement that fails', async () => {
    const { dataSource, logger } = await open(bed)
    const value = marker()
    bed.proxy.inject(cut(), { match: new RegExp(value) })
    await failureOf(dataSource.manager.query('UPDATE facts SET value = ? WHERE id = 0', [value]))
    expect(told).toEqual(['before UPDATE', 'after UPDATE failed'])
    expect(logger.lines).toEqual(['query UPDATE', 'error UPDATE of a runner'])
  })

  it('are told once of a slow statement, its recovery included', async () => {
    const { dataSource, logger } = await open(bed, 100)
    const value = marker()
    bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
    await dataSource.query(`SELECT SLEEP(0.06), '${value}'`)
    expect(bed.sent(value)).toBe(2)
    expect(logger.lines).toEqual(['query SELECT', 'slow SELECT'])
  })

  it('are told once of each step of a transaction whose BEGIN is sent twice', async () => {
    const { dataSource } = await open(bed)
    bed.proxy.inject(cutAfterForward(), { match: /^START/i })
    await dataSource.manager.save(Fact, { value: marker() })
    expect(told).toEqual([
      'starting',
      'before START',
      'after START well',
      'started',
      'before INSERT',
      'after INSERT well',
      'inserted',
      'before COMMIT',
      'after COMMIT well',
      'committed',
    ])
  })

  it('are told of no commit when COMMIT has failed', async () => {
    const { dataSource } = await open(bed)
    bed.proxy.inject(cut(), { match: /^COMMIT/i })
    expect(await failureOf(dataSource.manager.save(Fact, { value: marker() }))).toMatchObject({
      outcome: 'unknown',
    })
    expect(told).not.toContain('committed')
    expect(told.filter(line => line === 'rolled back')).toHaveLength(1)
  })
})

onEachServer('an error', bed => {
  it("is TypeORM's and Comeback's, and wraps Comeback's own", async () => {
    const dataSource = await bed.typeorm()
    const value = marker()
    bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
    const error = (await failureOf(dataSource.manager.insert(Fact, { value }))) as QueryFailedError
    expect(error).toBeInstanceOf(QueryFailedError)
    expect(error).toBeInstanceOf(OutcomeUnknownError)
    expect(error).not.toBeInstanceOf(LostTransactionError)
    expect(error).toMatchObject({ name: 'QueryFailedError', executed: 'unknown', errno: 2013, attempts: 1 })
    expect(error.driverError).toBeInstanceOf(OutcomeUnknownError)
    expect(error.driverError).not.toBeInstanceOf(QueryFailedError)
    expect(error.driverError.cause).toMatchObject({ code: 'PROTOCOL_CONNECTION_LOST' })
  })

  it('holds neither the statement nor its values in its message', async () => {
    const dataSource = await bed.typeorm()
    const value = marker()
    bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
    const error = await failureOf(dataSource.manager.insert(Fact, { value }))
    expect(error.message).not.toMatch(/facts|fact-/)
  })

  it("of the server's stays as it is", async () => {
    const dataSource = await bed.typeorm()
    const error = (await failureOf(dataSource.query('SELECT * FROM nowhere'))) as QueryFailedError
    expect(error).toBeInstanceOf(QueryFailedError)
    expect(error).not.toHaveProperty('comeback')
    expect(error).toMatchObject({ code: 'ER_NO_SUCH_TABLE', errno: 1146, sqlState: '42S02' })
  })
})
