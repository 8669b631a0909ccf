import {
  comeback,
  comebackExtension,
  LostTransactionError,
  OutcomeUnknownError,
  PrismaComeback,
} from '@comeback/prisma'
import { PrismaClient } from '../prisma/generated/client.js'

const adapter = new PrismaComeback(process.env['DATABASE_URL'] ?? 'mysql://shop@127.0.0.1/shop')
// By itself Prisma gives up after two seconds of waiting for a transaction, which is less than most restarts take.
const transactionOptions = { maxWait: 10_000, timeout: 20_000 }
// Nothing else differs from an application without Comeback; the extension is for annotations and replay.
const prisma = new PrismaClient(comeback({ adapter, transactionOptions })).$extends(comebackExtension())

/** Runs again as a whole if it is lost and known to be rolled back. */
async function order(item: string, quantity: number): Promise<number> {
  return await prisma.$transaction(
    async tx => {
      const { id } = await tx.order.create({ data: { item } })
      await tx.stock.update({ where: { item }, data: { quantity: { decrement: quantity } } })
      return id
    },
    { comeback: { replay: 2 } },
  )
}

/** What is not known to be rolled back must not be run again: a person must be told. */
async function orderOrTell(item: string, quantity: number): Promise<number> {
  try {
    return await order(item, quantity)
  } catch (error) {
    if (error instanceof LostTransactionError || error instanceof OutcomeUnknownError) {
      console.error(`Look whether the order of ${item} is there: ${error.message}`)
    }
    throw error
  }
}

await prisma.$executeRaw`CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, item VARCHAR(20) NOT NULL)`
await prisma.$executeRaw`CREATE TABLE stock (item VARCHAR(20) PRIMARY KEY, quantity INT NOT NULL)`
await prisma.stock.create({ data: { item: 'book', quantity: 100 } })
for (let taken = 0; taken < 10; taken += 1) {
  // Try it: kill this program's connections or restart the server while it runs.
  console.log(`order ${await orderOrTell('book', 1)}`)
  await new Promise(resolve => setTimeout(resolve, Number(process.env['PAUSE_MS'] ?? 500)))
}
// Set, not counted down: it may be sent twice, so it says so.
await prisma.stock.updateMany({
  where: { item: 'book' },
  data: { quantity: 100 },
  comeback: { idempotent: true },
})
await prisma.$disconnect()
