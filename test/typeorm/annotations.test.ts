import { cutAfterForward } from '@comeback/chaos'
import {
  annotate,
  Comeback,
  ComebackConfigError,
  LostConnectionError,
  LostTransactionError,
  OutcomeUnknownError,
} from '@comeback/typeorm'
import type { DataSource, QueryRunner } from 'typeorm'
import { expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { Fact } from '../contract/stacks/typeorm.js'
import { onEachServer } from './bed.js'

type Write = (dataSource: DataSource, value: string, comment: string) => Promise<unknown>

onEachServer('a comment', bed => {
  const lose = (value: string): void => void bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })

  const writes: readonly (readonly [string, Write])[] = [
    [
      'insert',
      (on, value, comment) =>
        on.createQueryBuilder().insert().into(Fact).values({ value }).comment(comment).execute(),
    ],
    [
      'update',
      (on, value, comment) =>
        on.createQueryBuilder().update(Fact).set({ value }).where({ value }).comment(comment).execute(),
    ],
    [
      'delete',
      (on, value, comment) =>
        on.createQueryBuilder().delete().from(Fact).where({ value }).comment(comment).execute(),
    ],
  ]

  for (const [name, write] of writes) {
    it(`has a lost ${name} sent again that it declares idempotent, and no other`, async () => {
      const dataSource = await bed.typeorm()
      const [declared, undeclared] = [marker(), marker()]
      lose(declared)
      await write(dataSource, declared, 'comeback:idempotent')
      expect(bed.sent(declared)).toBe(2)
      lose(undeclared)
      expect(await failureOf(write(dataSource, undeclared, 'a note'))).toBeInstanceOf(OutcomeUnknownError)
      expect(bed.sent(undeclared)).toBe(1)
    })
  }

  for (const method of ['find', 'findOne', 'findAndCount', 'count'] as const) {
    it(`keeps a ${method}() from being sent again`, async () => {
      const { manager } = await bed.typeorm()
      const value = marker()
      lose(value)
      const options = { where: { value }, comment: 'comeback:no-retry' }
      expect(await failureOf(manager[method](Fact, options))).toBeInstanceOf(LostConnectionError)
      expect(bed.sent(value)).toBe(1)
    })
  }

  it('has a find() that locks sent again outside a transaction when it is declared idempotent', async () => {
    const { manager } = await bed.typeorm()
    const value = marker()
    lose(value)
    await manager.query(`SELECT /* comeback:idempotent */ * FROM facts WHERE value = '${value}' FOR UPDATE`)
    expect(bed.sent(value)).toBe(2)
  })
})

onEachServer('save(entity, { data: { comeback } })', bed => {
  const lose = (value: string): void => void bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })

  it('has a write without a transaction sent again that it declares idempotent, and no other', async () => {
    const { manager } = await bed.typeorm()
    const [declared, undeclared] = [marker(), marker()]
    lose(declared)
    const data = { comeback: { idempotent: true } }
    await manager.save(Fact, { value: declared }, { transaction: false, data })
    expect(bed.sent(declared)).toBe(2)
    lose(undeclared)
    const error = await failureOf(manager.save(Fact, { value: undeclared }, { transaction: false }))
    expect(error).toBeInstanceOf(OutcomeUnknownError)
    expect(bed.sent(undeclared)).toBe(1)
  })

  it('asks what verify says', async () => {
    const { manager } = await bed.typeorm()
    const fact = await manager.save(Fact, { value: marker() })
    const value = marker()
    lose(value)
    const verify = async (): Promise<boolean> => (await bed.rows(value)) === 1
    await manager.save(Fact, { ...fact, value }, { transaction: false, data: { comeback: { verify } } })
    expect(bed.sent(value)).toBe(1)
    expect(await bed.rows(value)).toBe(1)
  })

  it('sends nothing twice within its transaction', async () => {
    const { manager } = await bed.typeorm()
    const value = marker()
    lose(value)
    const error = await failureOf(manager.save(Fact, { value }, { data: { comeback: { idempotent: true } } }))
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(bed.sent(value)).toBe(1)
  })

  it('does not reach the next user of the connection', async () => {
    const { manager } = await bed.typeorm()
    const [first, second] = [marker(), marker()]
    await manager.save(
      Fact,
      { value: first },
      { transaction: false, data: { comeback: { idempotent: true } } },
    )
    lose(second)
    expect(await failureOf(manager.insert(Fact, { value: second }))).toBeInstanceOf(OutcomeUnknownError)
    expect(bed.sent(second)).toBe(1)
  })

  it('holds for as long as save() runs on a query runner that is used again', async () => {
    const runner = (await bed.typeorm()).createQueryRunner()
    const [first, second] = [marker(), marker()]
    await runner.manager.save(
      Fact,
      { value: first },
      { transaction: false, data: { comeback: { idempotent: true } } },
    )
    lose(second)
    expect(await failureOf(runner.manager.insert(Fact, { value: second }))).toBeInstanceOf(
      OutcomeUnknownError,
    )
    await runner.release()
  })

  it('is refused by name when it has an unknown key, and nothing is sent', async () => {
    const { manager } = await bed.typeorm()
    const value = marker()
    const error = await failureOf(manager.save(Fact, { value }, { data: { comeback: { idempotant: true } } }))
    expect(error).toBeInstanceOf(ComebackConfigError)
    expect(error.message).toContain('data.comeback.idempotant')
    expect(bed.sent(value)).toBe(0)
    await manager.insert(Fact, { value })
  })

  it('leaves its query runner outside a transaction when START TRANSACTION is refused for it', async () => {
    const runner = (await bed.typeorm()).createQueryRunner()
    const value = marker()
    runner.data = { comeback: { idempotant: true } }
    expect(await failureOf(runner.startTransaction())).toBeInstanceOf(ComebackConfigError)
    expect(runner.isTransactionActive).toBe(false)
    await runner.rollbackTransaction()
    runner.data = {}
    await runner.startTransaction()
    await runner.manager.insert(Fact, { value })
    await runner.commitTransaction()
    expect(await bed.rows(value)).toBe(1)
    await runner.release()
  })

  it('that is wrong does not keep its transaction from being rolled back, and leaks into nobody else’s', async () => {
    const { manager } = await bed.typeorm()
    for (const before of [undefined, { comeback: { deadlineMs: 5_000 } }]) {
      const [lost, next] = [marker(), marker()]
      const work = manager.transaction(async inner => {
        const runner = inner.queryRunner as QueryRunner
        runner.data = before ?? {}
        await inner.insert(Fact, { value: lost })
        runner.data = { comeback: { idempotant: true } }
      })
      expect(await failureOf(work)).toBeInstanceOf(ComebackConfigError)
      await manager.insert(Fact, { value: next })
      expect([await bed.rows(lost), await bed.rows(next)]).toEqual([0, 1])
    }
  })

  it('leaves the data of a query runner to subscribers and to other uses', async () => {
    const runner = (await bed.typeorm()).createQueryRunner()
    runner.data = { tenant: 7 }
    await runner.manager.save(Fact, { value: marker() })
    expect(runner.data).toEqual({ tenant: 7 })
    await runner.release()
  })
})

onEachServer('a scope', bed => {
  it('of annotate() holds for repositories, cascades of calls and streams', async () => {
    const dataSource = await bed.typeorm()
    const [written, streamed] = [marker(), marker()]
    for (const value of [written, streamed]) {
      bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
    }
    await annotate({ idempotent: true }, () => dataSource.getRepository(Fact).insert({ value: written }))
    expect(await bed.rows(written)).toBe(2)
    const error = await annotate({ retry: false }, async () => {
      const query = dataSource.createQueryBuilder(Fact, 'fact').where('fact.value = :streamed', { streamed })
      return failureOf((await query.stream()).toArray())
    })
    expect(error).toBeInstanceOf(LostConnectionError)
    expect(bed.sent(streamed)).toBe(1)
  })

  it('of @Comeback holds for a method of a service', async () => {
    const dataSource = await bed.typeorm()
    class Facts {
      async put(value: string): Promise<void> {
        await dataSource.manager.insert(Fact, { value })
      }
    }
    const given = Object.getOwnPropertyDescriptor(Facts.prototype, 'put') as TypedPropertyDescriptor<
      Facts['put']
    >
    Object.defineProperty(
      Facts.prototype,
      'put',
      Comeback({ idempotent: true })(Facts.prototype, 'put', given),
    )
    const value = marker()
    bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
    await new Facts().put(value)
    expect(bed.sent(value)).toBe(2)
  })

  it('gives a statement a deadline, in a transaction too', async () => {
    const dataSource = await bed.typeorm()
    const value = marker()
    const error = await failureOf(
      dataSource.transaction(async manager => {
        await manager.insert(Fact, { value })
        await annotate({ deadlineMs: 100 }, () => manager.query('SELECT SLEEP(5)'))
      }),
    )
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(error).toMatchObject({ outcome: 'rolled-back' })
    expect(await bed.rows(value)).toBe(0)
  })
})
