import type { Knex } from 'knex'

/** One thing that an application does, and how much of it makes a block long enough to be timed. */
export interface Case {
  readonly name: string
  readonly perBlock: number
  run(db: Knex): Promise<unknown>
}

const ROWS = 10_000

/** The tables that the cases work on. */
export async function furnish(db: Knex): Promise<void> {
  await db.schema.createTable('points', table => {
    table.increments('id')
    table.string('value', 60)
  })
  await db.schema.createTable('written', table => {
    table.increments('id')
    table.string('value', 60)
  })
  const rows = Array.from({ length: ROWS }, (_, n) => ({ value: `row number ${n} of the table` }))
  await db.batchInsert('points', rows, 1_000)
}

let next = 0
const someId = (): number => {
  next = (next % ROWS) + 1
  return next
}

async function stream(db: Knex): Promise<number> {
  let rows = 0
  for await (const _ of db('points').select().stream()) rows += 1
  return rows
}

export const cases: readonly Case[] = [
  { name: 'select', perBlock: 100, run: db => db('points').where({ id: someId() }).first().then() },
  { name: 'insert', perBlock: 100, run: db => db('written').insert({ value: 'one more row' }).then() },
  {
    name: 'transaction',
    perBlock: 40,
    run: db =>
      db.transaction(async trx => {
        await trx('points').where({ id: someId() }).first()
        await trx('written').insert({ value: 'one more row' })
        await trx('points').where({ id: someId() }).update({ value: 'changed' })
      }),
  },
  {
    name: 'parallel50',
    perBlock: 4,
    run: db =>
      Promise.all(Array.from({ length: 50 }, () => db('points').where({ id: someId() }).first().then())),
  },
  { name: 'stream10000', perBlock: 2, run: stream },
]
