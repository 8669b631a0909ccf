import { cut, cutAfterForward, injectError } from '@comeback/chaos'
import { LostTransactionError, OutcomeUnknownError } from '@comeback/sequelize'
import { type Sequelize, Transaction } from 'sequelize'
import { expect, it, vi } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { factsOf, onEachServer } from './bed.js'

const begins = /^START TRANSACTION/i

onEachServer('a transaction whose BEGIN was lost', bed => {
  const faults = [
    ['on its way', cut()],
    ['on its way back', cutAfterForward()],
  ] as const

  for (const [name, fault] of faults) {
    it(`${name} is begun again, managed and unmanaged, and its function runs once`, async () => {
      const sequelize = bed.sequelize()
      const facts = factsOf(sequelize)
      const [managed, unmanaged] = [marker(), marker()]
      const run = vi.fn(async (transaction: Transaction) => {
        await facts.create({ value: managed }, { transaction })
      })
      bed.proxy.inject(fault, { match: begins })
      await sequelize.transaction(run)
      expect(run).toHaveBeenCalledTimes(1)
      bed.proxy.inject(fault, { match: begins })
      const transaction = await sequelize.transaction()
      await facts.create({ value: unmanaged }, { transaction })
      await transaction.commit()
      expect(await bed.rows(managed)).toBe(1)
      expect(await bed.rows(unmanaged)).toBe(1)
    })
  }

  it('and can not be had does not run its function, and gives its connection back', async () => {
    const sequelize = bed.sequelize({}, { retry: { deadlineMs: 300 }, outage: { maxWaitMs: 300 } })
    await sequelize.authenticate()
    const run = vi.fn()
    await bed.proxy.refuse()
    try {
      bed.proxy.cutAll()
      await bed.allGone()
      await failureOf(sequelize.transaction(run))
    } finally {
      await bed.proxy.accept()
    }
    expect(run).not.toHaveBeenCalled()
    await sequelize.authenticate()
  })

  it('keeps its isolation level', async () => {
    const sequelize = bed.sequelize()
    const facts = factsOf(sequelize)
    const value = marker()
    bed.proxy.inject(cut(), { match: begins })
    const isolationLevel = Transaction.ISOLATION_LEVELS.READ_COMMITTED
    const counts = await sequelize.transaction({ isolationLevel }, async transaction => {
      const before = await facts.count({ where: { value }, transaction })
      await bed.server.admin.query('INSERT INTO test.facts (value) VALUES (?)', [value])
      return [before, await facts.count({ where: { value }, transaction })]
    })
    expect(counts).toEqual([0, 1])
  })
})

onEachServer('a transaction', bed => {
  it('may be run again as a whole by whoever was told that it is rolled back', async () => {
    const sequelize = bed.sequelize()
    const facts = factsOf(sequelize)
    const value = marker()
    bed.proxy.inject(cut(), { kind: 'execute' })
    const work = async (): Promise<unknown> =>
      sequelize.transaction(transaction => facts.create({ value }, { transaction }))
    const error = await failureOf(
      sequelize.transaction(async transaction => {
        await facts.count({ transaction })
        await facts.create({ value }, { transaction })
      }),
    )
    expect(error).toMatchObject({ outcome: 'rolled-back' })
    await work()
    expect(await bed.rows(value)).toBe(1)
  })

  it('with a savepoint that is rolled back goes on, and commits the rest', async () => {
    const run = async (sequelize: Sequelize): Promise<number[]> => {
      const facts = factsOf(sequelize)
      const [kept, undone] = [marker(), marker()]
      await sequelize.transaction(async transaction => {
        await facts.create({ value: kept }, { transaction })
        await failureOf(
          sequelize.transaction({ transaction }, async inner => {
            await facts.create({ value: undone }, { transaction: inner })
            throw new Error('not this one')
          }),
        )
        await facts.create({ value: kept }, { transaction })
      })
      return [await bed.rows(kept), await bed.rows(undone)]
    }
    expect(await run(bed.sequelize())).toEqual([2, 0])
    expect(await run(bed.stock())).toEqual([2, 0])
  })

  it('that is a victim of a deadlock fails with the server’s error, and is over, as with stock Sequelize', async () => {
    const run = async (sequelize: Sequelize): Promise<unknown[]> => {
      const value = marker()
      const finished: unknown[] = []
      bed.proxy.inject(injectError({ errno: 1213, ending: 'keep' }), { match: new RegExp(`${value}\\b`) })
      const error = await failureOf(
        sequelize.transaction(async transaction => {
          try {
            await factsOf(sequelize).bulkCreate([{ value }], { transaction })
          } finally {
            finished.push((transaction as unknown as { finished: unknown }).finished)
          }
        }),
      )
      await sequelize.authenticate()
      return [error.name, (error as { parent?: { errno?: number } }).parent?.errno, ...finished]
    }
    const ours = await run(bed.sequelize())
    expect(ours).toEqual(['SequelizeDatabaseError', 1213, 'rollback'])
    expect(ours).toEqual(await run(bed.stock()))
  })

  it('may have statements side by side that all fail with what was lost', async () => {
    const sequelize = bed.sequelize()
    const facts = factsOf(sequelize)
    const transaction = await sequelize.transaction()
    await facts.create({ value: marker() }, { transaction })
    await bed.killSeen()
    const failures = await Promise.all(
      ['a', 'b', 'c'].map(value => failureOf(facts.findAll({ where: { value }, transaction }))),
    )
    for (const failure of failures) expect(failure).toBeInstanceOf(LostTransactionError)
    expect(new Set(failures.map(failure => (failure as { parent?: unknown }).parent)).size).toBe(1)
    await transaction.rollback()
  })
})

onEachServer('findOrCreate()', bed => {
  it('goes through when the idle connection had died, and creates once', async () => {
    const facts = factsOf(bed.sequelize())
    const value = marker()
    await facts.findOrCreate({ where: { value: marker() } })
    await bed.killSeen()
    const [created, isNew] = await facts.findOrCreate({ where: { value } })
    const [found, isNewAgain] = await facts.findOrCreate({ where: { value } })
    expect([isNew, isNewAgain, found.id]).toEqual([true, false, created.id])
    expect(await bed.rows(value)).toBe(1)
  })

  for (const [name, fault] of [
    ['before it reached the server', cut()],
    ['after it was executed', cutAfterForward()],
  ] as const) {
    it(`whose INSERT was lost ${name} is rolled back, says so, and may be called again`, async () => {
      const facts = factsOf(bed.sequelize())
      const value = marker()
      bed.proxy.inject(fault, { kind: 'execute' })
      const error = await failureOf(facts.findOrCreate({ where: { value } }))
      expect(error).toBeInstanceOf(LostTransactionError)
      expect(error).toMatchObject({ outcome: 'rolled-back' })
      expect(await bed.rows(value)).toBe(0)
      const [, isNew] = await facts.findOrCreate({ where: { value } })
      expect(isNew).toBe(true)
    })
  }

  it('whose COMMIT was lost leaves unknown whether it created', async () => {
    const facts = factsOf(bed.sequelize())
    const value = marker()
    bed.proxy.inject(cutAfterForward(), { match: /^COMMIT/i })
    const error = await failureOf(facts.findOrCreate({ where: { value } }))
    expect(error).toMatchObject({ name: 'SequelizeDatabaseError', outcome: 'unknown' })
    expect(await bed.rows(value)).toBe(1)
  })
})

onEachServer('a write of many rows', bed => {
  it('with bulkCreate() is there as a whole, once, when its answer was lost', async () => {
    const facts = factsOf(bed.sequelize())
    const value = marker()
    const rows = Array.from({ length: 20 }, () => ({ value }))
    bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
    expect(await failureOf(facts.bulkCreate(rows))).toBeInstanceOf(OutcomeUnknownError)
    expect(await bed.rows(value)).toBe(20)
    expect(bed.sent(value)).toBe(1)
  })

  it('with upsert() may be declared idempotent', async () => {
    const facts = factsOf(bed.sequelize())
    const [before, after] = [marker(), marker()]
    const { id } = await facts.create({ value: before })
    bed.proxy.inject(cutAfterForward(), { kind: 'execute' })
    await facts.upsert({ id, value: after }, { comeback: { idempotent: true } })
    expect(await bed.rows(before)).toBe(0)
    expect(await bed.rows(after)).toBe(1)
    bed.proxy.inject(cutAfterForward(), { kind: 'execute' })
    expect(await failureOf(facts.upsert({ id, value: before }))).toBeInstanceOf(OutcomeUnknownError)
  })
})
