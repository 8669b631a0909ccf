import { cutInsideAnswer } from '@comeback/chaos'
import { LostConnectionError } from '@comeback/typeorm'
import type { DataSource } from 'typeorm'
import { expect, it } from 'vitest'
import { failureOf, stateOf } from '../contract/failure.js'
import { drain } from '../contract/operations.js'
import { Fact } from '../contract/stacks/typeorm.js'
import { onEachServer } from './bed.js'

onEachServer('a stream that lost its connection', bed => {
  const value = 'streamed'
  const rows = (dataSource: DataSource) =>
    dataSource.createQueryBuilder(Fact, 'fact').where('fact.value = :value', { value }).stream()
  const half = async (dataSource: DataSource): Promise<void> => {
    await dataSource.manager.insert(Fact, [{ value }, { value }, { value }])
    bed.proxy.inject(cutInsideAnswer({ afterRows: 1 }), { match: /^SELECT .*facts/i })
  }

  it('hangs with stock TypeORM', async () => {
    const dataSource = await bed.stock()
    await half(dataSource)
    const drained = drain(await rows(dataSource))
    await bed.proxy.until(journal => journal.connections.length > 0 && journal.openConnections.length === 0)
    expect(await stateOf(drained, 300)).toBe('pending')
  })

  it('ends with an error with Comeback, and its slot is free', async () => {
    const dataSource = await bed.typeorm()
    await half(dataSource)
    expect(await failureOf(drain(await rows(dataSource)))).toBeInstanceOf(LostConnectionError)
    await dataSource.query('SELECT 1')
  })

  it("ends a query runner's stream with an error with Comeback, and tells onError", async () => {
    const dataSource = await bed.typeorm()
    await half(dataSource)
    const runner = dataSource.createQueryRunner()
    const told: unknown[] = []
    const stream = await runner.stream('SELECT * FROM facts', [], undefined, (error: unknown) =>
      told.push(error),
    )
    const error = await failureOf(drain(stream))
    expect(error).toBeInstanceOf(LostConnectionError)
    expect(told).toEqual([error])
    await runner.query('SELECT 1')
    await runner.release()
  })

  it('that waiting callers are handed the slot of, one at a time', async () => {
    const dataSource = await bed.typeorm()
    await half(dataSource)
    const drained = failureOf(drain(await rows(dataSource)))
    const waiting = ['a', 'b'].map(inner =>
      dataSource.transaction(async manager => {
        await manager.insert(Fact, { value: `${inner}-waiting` })
        await manager.query('DO SLEEP(0.02)')
        await manager.insert(Fact, { value: `${inner}-waiting` })
      }),
    )
    expect(await drained).toBeInstanceOf(LostConnectionError)
    await Promise.all(waiting)
    const order = bed.proxy.journal
      .sent()
      .map(({ sql }) => sql ?? '')
      .filter(sql => /^(?:START|COMMIT)/i.test(sql))
    expect(order).toEqual(['START TRANSACTION', 'COMMIT', 'START TRANSACTION', 'COMMIT'])
  })
})

onEachServer('a statement that is out of time by enableQueryTimeout', bed => {
  const options = { enableQueryTimeout: true, maxQueryExecutionTime: 200 }
  const sleep = /SLEEP/

  it('gives back a connection with stock TypeORM on which the next one waits behind it', async () => {
    const dataSource = await bed.stock({ options })
    await failureOf(dataSource.query('SELECT SLEEP(0.8)'))
    await dataSource.query('SELECT 1')
    expect(bed.proxy.journal.answeredTimes(sleep)).toBe(1)
  })

  it('gives back none with Comeback', async () => {
    const dataSource = await bed.typeorm({ options })
    await failureOf(dataSource.query('SELECT SLEEP(0.8)'))
    await dataSource.query('SELECT 1')
    expect(bed.proxy.journal.answeredTimes(sleep)).toBe(0)
  })
})
