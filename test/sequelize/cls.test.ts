import { AsyncLocalStorage } from 'node:async_hooks'
import { cut } from '@comeback/chaos'
import { LostTransactionError } from '@comeback/sequelize'
import { Sequelize } from 'sequelize'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { factsOf, onEachServer } from './bed.js'

const storage = new AsyncLocalStorage<Map<string, unknown>>()

/** As much of a namespace of cls-hooked as Sequelize uses. */
const namespace = {
  bind: (run: () => unknown) => run,
  run: (run: (context: unknown) => unknown) =>
    storage.run(new Map(storage.getStore()), () => run(storage.getStore())),
  get: (key: string) => storage.getStore()?.get(key),
  set: (key: string, value: unknown) => storage.getStore()?.set(key, value),
}

beforeAll(() => void Sequelize.useCLS(namespace))
afterAll(() => {
  ;(Sequelize as unknown as { _cls: unknown })._cls = undefined
})

onEachServer('a transaction that statements find by themselves', bed => {
  it('is begun again when BEGIN was lost, and all of it is in it', async () => {
    const sequelize = bed.sequelize()
    const facts = factsOf(sequelize)
    const value = marker()
    bed.proxy.inject(cut(), { match: /^START TRANSACTION/i })
    await failureOf(
      sequelize.transaction(async () => {
        await facts.create({ value })
        expect(await facts.count({ where: { value } })).toBe(1)
        throw new Error('not today')
      }),
    )
    expect(await bed.rows(value)).toBe(0)
  })

  it('that was lost is rolled back, says so, and nothing leaks out of it', async () => {
    const sequelize = bed.sequelize()
    const facts = factsOf(sequelize)
    const value = marker()
    const afterCommit = vi.fn()
    const error = await failureOf(
      sequelize.transaction(async transaction => {
        transaction.afterCommit(afterCommit)
        await facts.create({ value })
        await bed.killSeen()
        await failureOf(facts.create({ value }))
      }),
    )
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(afterCommit).not.toHaveBeenCalled()
    expect(await bed.rows(value)).toBe(0)
    await facts.create({ value })
    expect(await bed.rows(value)).toBe(1)
  })

  it('may be nested, and findOrCreate() joins it', async () => {
    const sequelize = bed.sequelize()
    const facts = factsOf(sequelize)
    const [outer, inner] = [marker(), marker()]
    await sequelize.transaction(async transaction => {
      await facts.findOrCreate({ where: { value: outer } })
      await failureOf(
        sequelize.transaction({ transaction }, async () => {
          await facts.findOrCreate({ where: { value: inner } })
          throw new Error('not this one')
        }),
      )
    })
    expect([await bed.rows(outer), await bed.rows(inner)]).toEqual([1, 0])
  })
})
