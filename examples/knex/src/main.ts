import { comeback, LostTransactionError, OutcomeUnknownError } from '@comeback/knex'
import knex from 'knex'

const connection = process.env['DATABASE_URL'] ?? 'mysql://shop@127.0.0.1/shop'
// The only line that differs from an application without Comeback.
const db = knex(comeback({ client: 'mysql2', connection }))

async function order(item: string, quantity: number): Promise<number> {
  return await db.transaction(async trx => {
    const [id = 0] = await trx('orders').insert({ item })
    await trx('stock').where({ item }).decrement({ quantity })
    return id
  })
}

/** A lost transaction that is rolled back for certain may be run again; of any other, a person must be told. */
async function orderPatiently(item: string, quantity: number): Promise<number> {
  try {
    return await order(item, quantity)
  } catch (error) {
    if (error instanceof LostTransactionError && error.outcome === 'rolled-back')
      return await order(item, quantity)
    if (error instanceof LostTransactionError || error instanceof OutcomeUnknownError) {
      console.error(`Look whether the order of ${item} is there: ${error.message}`)
    }
    throw error
  }
}

async function furnish(): Promise<void> {
  await db.schema.createTable('orders', table => {
    table.increments('id')
    table.string('item', 20).notNullable()
  })
  await db.schema.createTable('stock', table => {
    table.string('item', 20).primary()
    table.integer('quantity').notNullable()
  })
  await db('stock').insert({ item: 'book', quantity: 100 })
}

await furnish()
for (let taken = 0; taken < 10; taken += 1) {
  // Try it: kill this program's connections or restart the server while it runs.
  console.log(`order ${await orderPatiently('book', 1)}`)
  await new Promise(resolve => setTimeout(resolve, Number(process.env['PAUSE_MS'] ?? 500)))
}
// Set, not counted down: it may be sent twice, so it says so.
await db('stock').where({ item: 'book' }).update({ quantity: 100 }).comeback({ idempotent: true })
await db.destroy()
