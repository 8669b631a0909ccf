import { cut, cutAfterForward } from '@comeback/chaos'
import { LostTransactionError } from '@comeback/knex'
import type { Knex } from 'knex'
import { expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { onEachServer } from './bed.js'

onEachServer('a nested transaction', bed => {
  it('that is rolled back leaves the outer one as it was', async () => {
    const [outer, inner] = [marker(), marker()]
    await bed.knex().transaction(async trx => {
      await trx('facts').insert({ value: outer })
      const error = await failureOf(
        trx.transaction(async nested => {
          await nested('facts').insert({ value: inner })
          throw new Error('out of stock')
        }),
      )
      expect(error.message).toBe('out of stock')
    })
    expect(await bed.rows(outer)).toBe(1)
    expect(await bed.rows(inner)).toBe(0)
  })

  it('that loses its connection takes the outer one with it, even if the application catches its error', async () => {
    const db = bed.knex()
    const [outer, inner, after] = [marker(), marker(), marker()]
    const caught: Error[] = []
    const error = await failureOf(
      db.transaction(async trx => {
        await trx('facts').insert({ value: outer })
        bed.proxy.inject(cut(), { match: new RegExp(inner) })
        caught.push(await failureOf(trx.transaction(nested => nested('facts').insert({ value: inner }))))
        await trx('facts').insert({ value: after })
      }),
    )
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(error).toMatchObject({ outcome: 'rolled-back' })
    expect(caught).toEqual([error])
    for (const value of [outer, inner, after]) expect(await bed.rows(value)).toBe(0)
    expect(bed.sent(after)).toBe(0)
    await db('facts').insert({ value: after })
    expect(await bed.rows(after)).toBe(1)
  })

  it('that lost its SAVEPOINT is not begun again', async () => {
    let runs = 0
    const error = await failureOf(
      bed.knex().transaction(async trx => {
        bed.proxy.inject(cutAfterForward(), { match: /^SAVEPOINT/ })
        await trx('facts').insert({ value: marker() })
        await trx.transaction(async () => {
          runs += 1
        })
      }),
    )
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(runs).toBe(0)
  })
})

onEachServer('a transaction provider', bed => {
  it('gives one transaction to all, and a new provider gives the next after a loss', async () => {
    const db = bed.knex()
    const value = marker()
    const provide = db.transactionProvider()
    const trx = await provide()
    trx.executionPromise.catch(() => undefined)
    expect(await provide()).toBe(trx)
    await trx('facts').insert({ value })
    await bed.killSeen()
    expect(await failureOf(Promise.resolve(trx.commit()))).toBeInstanceOf(LostTransactionError)
    const next = await db.transactionProvider()()
    await next('facts').insert({ value })
    await next.commit()
    expect(await bed.rows(value)).toBe(1)
  })
})

onEachServer('a transaction that was opened again', bed => {
  const errno = async (promise: Promise<unknown>): Promise<unknown> =>
    ((await failureOf(promise)) as { errno?: number }).errno

  it('is still read only', async () => {
    await bed.knex().transaction(
      async trx => {
        await bed.killSeen()
        expect(await errno(trx('facts').insert({ value: marker() }).then())).toBe(1792)
      },
      { readOnly: true },
    )
    expect(bed.proxy.journal.sentTimes(/READ ONLY/i)).toBe(2)
  })

  it('still has its isolation level', async () => {
    const db = bed.knex()
    const value = marker()
    const count = (trx: Knex.Transaction): Promise<number> =>
      trx('facts')
        .where({ value })
        .select()
        .then(rows => rows.length)
    await db.transaction(
      async trx => {
        await bed.killSeen()
        expect(await count(trx)).toBe(0)
        await bed.server.admin.query('INSERT INTO test.facts (value) VALUES (?)', [value])
        expect(await count(trx)).toBe(1)
      },
      { isolationLevel: 'read committed' },
    )
    await db.transaction(async trx => {
      await count(trx)
      await bed.server.admin.query('INSERT INTO test.facts (value) VALUES (?)', [value])
      expect(await count(trx)).toBe(1)
    })
  })
})

onEachServer('batchInsert', bed => {
  const batch = (value: string): { value: string }[] => Array.from({ length: 4 }, () => ({ value }))

  it('inserts all chunks when its BEGIN loses its answer', async () => {
    const value = marker()
    bed.proxy.inject(cutAfterForward(), { match: /^BEGIN/ })
    await bed.knex().batchInsert('facts', batch(value), 2)
    expect(await bed.rows(value)).toBe(4)
  })

  it('inserts nothing when a later chunk is lost, and says so', async () => {
    const value = marker()
    bed.proxy.inject(cutAfterForward(), { match: new RegExp(value), nth: 2 })
    const error = await failureOf(Promise.resolve(bed.knex().batchInsert('facts', batch(value), 2)))
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(error).toMatchObject({ outcome: 'rolled-back', statements: 1 })
    expect(await bed.rows(value)).toBe(0)
  })

  it('runs in a transaction of the application', async () => {
    const value = marker()
    await bed.knex().transaction(trx => trx.batchInsert('facts', batch(value), 2).transacting(trx))
    expect(await bed.rows(value)).toBe(4)
  })
})
