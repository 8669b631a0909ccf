import { cut, injectError } from '@comeback/chaos'
import { DatabaseUnavailableError, LostConnectionError, LostTransactionError } from '@comeback/typeorm'
import { type DataSource, QueryFailedError, type QueryRunner } from 'typeorm'
import { expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { Fact } from '../contract/stacks/typeorm.js'
import { onEachServer, type TypeormBed } from './bed.js'

const starts = /^START TRANSACTION/i
const commits = /^COMMIT/i
const savepoints = /^SAVEPOINT/i

const interrupted = 1317

const stacks = (bed: TypeormBed) =>
  ({
    'stock TypeORM': () => bed.stock(),
    Comeback: () => bed.typeorm(),
  }) as const

/** A query runner that lives as long as its test's data source. */
const runnerOf = async (dataSource: Promise<DataSource>): Promise<QueryRunner> =>
  (await dataSource).createQueryRunner()

const put = (runner: QueryRunner, value: string): Promise<unknown> => runner.manager.insert(Fact, { value })

onEachServer('a START TRANSACTION that failed', bed => {
  const { 'stock TypeORM': stock, Comeback: ours } = stacks(bed)
  const refuse = (): void => void bed.proxy.inject(injectError({ errno: interrupted }), { match: starts })

  /** An insert and an update in one `save()`, of which the second one is refused. */
  const tornSave = async (runner: QueryRunner): Promise<readonly [inserted: string]> => {
    const [first, second] = [marker(), marker()]
    const { identifiers } = await runner.manager.insert(Fact, { value: marker() })
    bed.proxy.inject(injectError({ errno: interrupted }), { match: new RegExp(second) })
    await failureOf(runner.manager.save(Fact, [{ value: first }, { ...identifiers[0], value: second }]))
    return [first]
  }

  it('leaves the query runner in a transaction with stock TypeORM: what it saves is torn apart', async () => {
    const runner = await runnerOf(stock())
    refuse()
    await failureOf(runner.startTransaction())
    expect(runner.isTransactionActive).toBe(true)
    const [first] = await tornSave(runner)
    expect(await bed.rows(first)).toBe(1)
    await runner.release()
  })

  it('leaves it outside with Comeback: what it saves is saved as one', async () => {
    const runner = await runnerOf(ours())
    refuse()
    await failureOf(runner.startTransaction())
    expect(runner.isTransactionActive).toBe(false)
    const [first] = await tornSave(runner)
    expect(await bed.rows(first)).toBe(0)
    await runner.release()
  })

  it('is the last one that its query runner ever begins with stock TypeORM', async () => {
    const runner = await runnerOf(stock())
    refuse()
    await failureOf(runner.manager.transaction(async () => undefined))
    const error = await failureOf(runner.manager.transaction(manager => manager.query('DO 1')))
    expect(error).toMatchObject({ code: 'ER_PARSE_ERROR', query: 'SAVEPOINT typeorm_-1' })
    await runner.release()
  })

  for (const [name, fail] of [
    ['the server refuses it', refuse],
    ['its connection is lost', () => void bed.proxy.inject(cut(), { match: starts, times: 'always' })],
  ] as const) {
    it(`is rolled back without a word with Comeback when ${name}, and the next one is begun`, async () => {
      const runner = await runnerOf(ours())
      fail()
      const error = await failureOf(runner.startTransaction())
      expect(error).toBeInstanceOf(QueryFailedError)
      bed.proxy.clear()
      await runner.rollbackTransaction()
      expect(bed.proxy.journal.sentTimes(/^ROLLBACK/i)).toBe(0)
      const value = marker()
      await runner.manager.transaction(manager => manager.insert(Fact, { value }))
      expect(runner.isTransactionActive).toBe(false)
      expect(await bed.rows(value)).toBe(1)
      expect(bed.proxy.journal.sentTimes(commits)).toBe(1)
      await runner.release()
    })
  }

  it('that was never begun can not be rolled back twice', async () => {
    const runner = await runnerOf(ours())
    refuse()
    await failureOf(runner.startTransaction())
    await runner.rollbackTransaction()
    expect((await failureOf(runner.rollbackTransaction())).name).toBe('TransactionNotStartedError')
    await runner.release()
  })

  it('leaves the query runner outside when no connection is to be had for it', async () => {
    const dataSource = await bed.typeorm({ policy: { outage: { maxWaitMs: 100 } } })
    await bed.proxy.refuse()
    bed.proxy.cutAll('rst')
    await bed.allGone()
    const runner = dataSource.createQueryRunner()
    try {
      expect(await failureOf(runner.startTransaction())).toBeInstanceOf(DatabaseUnavailableError)
      expect(runner.isTransactionActive).toBe(false)
      await runner.rollbackTransaction()
    } finally {
      await bed.proxy.accept()
      await runner.release()
    }
  })

  it('does not run the function', async () => {
    let runs = 0
    bed.proxy.inject(cut(), { match: starts, times: 'always' })
    const error = await failureOf(
      (await ours()).transaction(async () => {
        runs += 1
      }),
    )
    expect(error).toBeInstanceOf(LostConnectionError)
    expect(runs).toBe(0)
  })
})

onEachServer('a transaction that lost its connection', bed => {
  const { 'stock TypeORM': stock, Comeback: ours } = stacks(bed)
  const lost = async (dataSource: Promise<DataSource>): Promise<QueryRunner> => {
    const runner = await runnerOf(dataSource)
    await runner.startTransaction()
    await put(runner, marker())
    await bed.killSeen()
    await failureOf(put(runner, marker()))
    return runner
  }

  it('can not be rolled back with stock TypeORM, and its query runner is of no use any more', async () => {
    const runner = await lost(stock())
    expect((await failureOf(runner.rollbackTransaction())).message).toContain('closed state')
    expect(runner.isTransactionActive).toBe(true)
    expect((await failureOf(runner.startTransaction())).message).toContain('closed state')
    expect((await failureOf(runner.query('SELECT 1'))).message).toContain('closed state')
    await runner.release()
  })

  it('is rolled back with Comeback, and its query runner takes the next one', async () => {
    const runner = await lost(ours())
    expect(runner.isTransactionActive).toBe(true)
    await runner.rollbackTransaction()
    expect(runner.isTransactionActive).toBe(false)
    const value = marker()
    await runner.startTransaction()
    await put(runner, value)
    await runner.commitTransaction()
    expect(runner.isTransactionActive).toBe(false)
    expect(await bed.rows(value)).toBe(1)
    await runner.release()
  })

  for (const [stack, open, message] of [
    ["masks the application's error with stock TypeORM", stock, /closed state/],
    ["leaves the application's error alone with Comeback", ours, /^out of stock$/],
  ] as const) {
    it(`${stack} where it is rolled back by hand`, async () => {
      const runner = await runnerOf(open())
      const error = await failureOf(
        (async () => {
          await runner.startTransaction()
          try {
            await put(runner, marker())
            await bed.killSeen()
            throw new Error('out of stock')
          } catch (reason) {
            await runner.rollbackTransaction()
            throw reason
          }
        })(),
      )
      await runner.release()
      expect(error.message).toMatch(message)
    })
  }

  it('gives back a connection that nobody else is handed', async () => {
    const dataSource = await ours()
    const runner = await lost(Promise.resolve(dataSource))
    await runner.release()
    const value = marker()
    await dataSource.manager.insert(Fact, { value })
    expect(await bed.rows(value)).toBe(1)
  })
})

onEachServer('a COMMIT that lost its connection', bed => {
  const { 'stock TypeORM': stock, Comeback: ours } = stacks(bed)
  const failed = async (dataSource: Promise<DataSource>): Promise<[QueryRunner, Error]> => {
    const runner = await runnerOf(dataSource)
    await runner.startTransaction()
    await put(runner, marker())
    bed.proxy.inject(cut(), { match: commits })
    return [runner, await failureOf(runner.commitTransaction())]
  }

  it('leaves the query runner in a transaction that can not be ended with stock TypeORM', async () => {
    const [runner, error] = await failed(stock())
    expect(error).toMatchObject({ code: 'PROTOCOL_CONNECTION_LOST' })
    await failureOf(runner.rollbackTransaction())
    expect(runner.isTransactionActive).toBe(true)
    await runner.release()
  })

  it('leaves it outside with Comeback; rolling back succeeds, once', async () => {
    const [runner, error] = await failed(ours())
    expect(error).toBeInstanceOf(QueryFailedError)
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(error).toMatchObject({ outcome: 'unknown', phase: 'commit' })
    expect(runner.isTransactionActive).toBe(false)
    await runner.rollbackTransaction()
    expect((await failureOf(runner.rollbackTransaction())).name).toBe('TransactionNotStartedError')
    await runner.release()
  })

  it('leaves a query runner with Comeback that takes the next transaction at once', async () => {
    const [runner] = await failed(ours())
    const value = marker()
    await runner.manager.transaction(manager => manager.insert(Fact, { value }))
    expect(await bed.rows(value)).toBe(1)
    await runner.release()
  })

  it('leaves a transaction open that the server has refused to commit, as TypeORM does', async () => {
    const runner = await runnerOf(ours())
    const value = marker()
    await runner.startTransaction()
    await put(runner, value)
    bed.proxy.inject(injectError({ errno: interrupted }), { match: commits })
    await failureOf(runner.commitTransaction())
    expect(runner.isTransactionActive).toBe(true)
    await runner.rollbackTransaction()
    expect(runner.isTransactionActive).toBe(false)
    expect(await bed.rows(value)).toBe(0)
    await runner.release()
  })
})

onEachServer('a nested transaction that lost its connection', bed => {
  const { 'stock TypeORM': stock, Comeback: ours } = stacks(bed)

  for (const [name, match] of [
    ['with its SAVEPOINT', savepoints],
    ['with its statement', /inner-/],
    ['with its RELEASE', /^RELEASE/i],
  ] as const) {
    /** The outer one goes on although the inner one has failed. */
    const swallowed = async (runner: QueryRunner): Promise<readonly [Error, Error, string]> => {
      const [inside, after] = [`inner-${marker()}`, marker()]
      let inner: Error | undefined
      bed.proxy.inject(cut(), { match })
      const outer = await failureOf(
        runner.manager.transaction(async manager => {
          await manager.insert(Fact, { value: marker() })
          inner = await failureOf(manager.transaction(nested => nested.insert(Fact, { value: inside })))
          await manager.insert(Fact, { value: after })
        }),
      )
      expect(await bed.rows(inside)).toBe(0)
      expect(await bed.rows(after)).toBe(0)
      return [inner as Error, outer, after]
    }

    it(`${name} leaves the query runner in a transaction for ever with stock TypeORM`, async () => {
      const runner = await runnerOf(stock())
      await swallowed(runner)
      await failureOf(runner.rollbackTransaction())
      expect(runner.isTransactionActive).toBe(true)
      await runner.release()
    })

    it(`${name} takes the outer one with it with Comeback, though its error is caught`, async () => {
      const runner = await runnerOf(ours())
      const [inner, outer, after] = await swallowed(runner)
      expect(inner).toBeInstanceOf(LostTransactionError)
      expect(outer).toBeInstanceOf(LostTransactionError)
      expect(outer).toMatchObject({ outcome: 'rolled-back' })
      expect(bed.sent(after)).toBe(0)
      expect(runner.isTransactionActive).toBe(false)
      await put(runner, after)
      expect(await bed.rows(after)).toBe(1)
      await runner.release()
    })
  }

  it('does not run its function when it is the SAVEPOINT', async () => {
    let runs = 0
    bed.proxy.inject(cut(), { match: savepoints })
    await failureOf(
      (await ours()).transaction(async manager => {
        await manager.insert(Fact, { value: marker() })
        await manager.transaction(async () => {
          runs += 1
        })
      }),
    )
    expect(runs).toBe(0)
  })

  it('is rolled back step by step where that is done by hand', async () => {
    const runner = await runnerOf(ours())
    await runner.startTransaction()
    await put(runner, marker())
    await runner.startTransaction()
    await put(runner, marker())
    await bed.killSeen()
    await failureOf(put(runner, marker()))
    await runner.rollbackTransaction()
    expect(runner.isTransactionActive).toBe(true)
    expect(await failureOf(put(runner, marker()))).toBeInstanceOf(LostTransactionError)
    await runner.rollbackTransaction()
    expect(runner.isTransactionActive).toBe(false)
    await runner.query('SELECT 1')
    await runner.release()
  })
})
