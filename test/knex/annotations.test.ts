import { cutAfterForward } from '@comeback/chaos'
import {
  ComebackConfigError,
  LostConnectionError,
  LostTransactionError,
  OutcomeUnknownError,
} from '@comeback/knex'
import type { Knex } from 'knex'
import { expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { drain } from '../contract/operations.js'
import { onEachServer } from './bed.js'

onEachServer('the chain method .comeback()', bed => {
  const lose = (value: string): void => void bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
  const writes: readonly (readonly [string, (db: Knex, value: string) => Knex.QueryBuilder])[] = [
    ['insert', (db, value) => db('facts').insert({ value })],
    ['update', (db, value) => db('facts').where({ value }).update({ value })],
    ['del', (db, value) => db('facts').where({ value }).del()],
  ]

  for (const [name, write] of writes) {
    it(`has a lost ${name} sent again that is declared idempotent, and no other`, async () => {
      const db = bed.knex()
      const [declared, undeclared] = [marker(), marker()]
      lose(declared)
      await write(db, declared).comeback({ idempotent: true })
      expect(bed.sent(declared)).toBe(2)
      lose(undeclared)
      expect(await failureOf(write(db, undeclared).then())).toBeInstanceOf(OutcomeUnknownError)
      expect(bed.sent(undeclared)).toBe(1)
    })
  }

  it('keeps a select from being sent again', async () => {
    const db = bed.knex()
    const value = marker()
    lose(value)
    const select = db('facts').where({ value }).select().comeback({ retry: false })
    expect(await failureOf(select.then())).toBeInstanceOf(LostConnectionError)
    expect(bed.sent(value)).toBe(1)
  })

  it('asks what verify says', async () => {
    const db = bed.knex()
    const value = marker()
    lose(value)
    await db('facts')
      .insert({ value })
      .comeback({ verify: async () => (await bed.rows(value)) === 1 })
    expect(await bed.rows(value)).toBe(1)
    expect(bed.sent(value)).toBe(1)
  })

  it('sends nothing twice in a transaction, whatever is declared', async () => {
    const db = bed.knex()
    const value = marker()
    lose(value)
    const error = await failureOf(
      db.transaction(trx => trx('facts').insert({ value }).comeback({ idempotent: true })),
    )
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(bed.sent(value)).toBe(1)
    expect(await bed.rows(value)).toBe(0)
  })

  it('reaches a stream', async () => {
    const db = bed.knex()
    const [unasked, once] = [marker(), marker()]
    const rows = (value: string): Knex.QueryBuilder => db.select(db.raw('? AS value', [value]))
    lose(unasked)
    expect(await drain(rows(unasked).stream())).toBe(1)
    expect(bed.sent(unasked)).toBe(2)
    lose(once)
    expect(await failureOf(drain(rows(once).comeback({ retry: false }).stream()))).toBeInstanceOf(
      LostConnectionError,
    )
    expect(bed.sent(once)).toBe(1)
  })

  it('stays with a clone and does not reach the statement that it was cloned from', async () => {
    const db = bed.knex()
    const value = marker()
    const plain = db('facts').insert({ value })
    const declared = plain.clone().comeback({ idempotent: true })
    lose(value)
    await declared.clone()
    expect(bed.sent(value)).toBe(2)
    lose(value)
    expect(await failureOf(plain.then())).toBeInstanceOf(OutcomeUnknownError)
  })

  it('names what is wrong with it, and nothing is sent', async () => {
    const db = bed.knex()
    const value = marker()
    const wrong = { idempotant: true } as never
    const error = await failureOf(db('facts').insert({ value }).comeback(wrong).then())
    expect(error).toBeInstanceOf(ComebackConfigError)
    expect(error.message).toContain('idempotant')
    expect(error.message).not.toContain(value)
    const streamed = db('facts').where({ value }).select().comeback(wrong).stream()
    expect(await failureOf(drain(streamed))).toBeInstanceOf(ComebackConfigError)
    expect(bed.sent(value)).toBe(0)
    await db.raw('DO 1')
  })
})

onEachServer('queryContext({ comeback })', bed => {
  const lose = (value: string): void => void bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
  const context = { comeback: { idempotent: true } }

  it('declares a statement of the query builder', async () => {
    const value = marker()
    lose(value)
    await bed.knex()('facts').insert({ value }).queryContext(context)
    expect(bed.sent(value)).toBe(2)
  })

  it('declares a raw statement', async () => {
    const value = marker()
    lose(value)
    await bed.knex().raw('INSERT INTO facts (value) VALUES (?)', [value]).queryContext(context)
    expect(bed.sent(value)).toBe(2)
  })

  it('declares the statements of a schema builder', async () => {
    const db = bed.knex()
    const table = marker().replaceAll('-', '_')
    lose(table)
    await db.schema.queryContext(context).raw(`CREATE TABLE IF NOT EXISTS ${table} (id INT)`)
    expect(bed.sent(table)).toBe(2)
    expect(await db.schema.hasTable(table)).toBe(true)
  })

  it('names what is wrong with it', async () => {
    const query = bed
      .knex()
      .raw('DO 1')
      .queryContext({ comeback: { retry: 'no' } })
    const error = await failureOf(query.then())
    expect(error).toBeInstanceOf(ComebackConfigError)
    expect(error.message).toContain('retry')
  })

  it('declares nothing in a stream, where .options({ comeback }) does', async () => {
    const db = bed.knex()
    const value = marker()
    const once = { comeback: { retry: false } }
    lose(value)
    await drain(db.raw('SELECT ? AS value', [value]).queryContext(once).stream())
    expect(bed.sent(value)).toBe(2)
    lose(value)
    const rows = db.raw('SELECT ? AS value', [value]).options(once).stream()
    expect(await failureOf(drain(rows))).toBeInstanceOf(LostConnectionError)
    expect(bed.sent(value)).toBe(3)
  })
})
