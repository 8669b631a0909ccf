import { annotate, comeback, LostTransactionError, OutcomeUnknownError } from '@comeback/typeorm'
import { DataSource, EntitySchema } from 'typeorm'

interface Order {
  id: number
  item: string
}

interface Stock {
  item: string
  quantity: number
}

const orders = new EntitySchema<Order>({
  name: 'orders',
  columns: {
    id: { type: 'int', primary: true, generated: 'increment' },
    item: { type: 'varchar', length: 20 },
  },
})

const stock = new EntitySchema<Stock>({
  name: 'stock',
  columns: { item: { type: 'varchar', length: 20, primary: true }, quantity: { type: 'int' } },
})

const url = process.env['DATABASE_URL'] ?? 'mysql://shop@127.0.0.1/shop'
// The only line that differs from an application without Comeback.
const db = new DataSource(comeback({ type: 'mysql', url, entities: [orders, stock], synchronize: true }))

async function order(item: string, quantity: number): Promise<number> {
  return await db.transaction(async manager => {
    const { id } = await manager.save(orders, { item })
    await manager.decrement(stock, { item }, 'quantity', quantity)
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

await db.initialize()
await db.manager.insert(stock, { item: 'book', quantity: 100 })
for (let taken = 0; taken < 10; taken += 1) {
  // Try it: kill this program's connections or restart the server while it runs.
  console.log(`order ${await orderPatiently('book', 1)}`)
  await new Promise(resolve => setTimeout(resolve, Number(process.env['PAUSE_MS'] ?? 500)))
}
// Set, not counted down: it may be sent twice, so it says so.
await annotate({ idempotent: true }, () => db.manager.update(stock, { item: 'book' }, { quantity: 100 }))
await db.destroy()
