import { comeback, LostTransactionError, OutcomeUnknownError } from '@comeback/sequelize'
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  type Model,
  Sequelize,
} from 'sequelize'

interface Order extends Model<InferAttributes<Order>, InferCreationAttributes<Order>> {
  id: CreationOptional<number>
  item: string
}

interface Stock extends Model<InferAttributes<Stock>, InferCreationAttributes<Stock>> {
  item: string
  quantity: number
}

const url = process.env['DATABASE_URL'] ?? 'mysql://shop@127.0.0.1/shop'
const define = { timestamps: false, freezeTableName: true }
// The only line that differs from an application without Comeback.
const db = new Sequelize(url, comeback({ dialect: 'mysql', define, logging: false }))

const orders = db.define<Order>('orders', {
  id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
  item: { type: DataTypes.STRING(20), allowNull: false },
})

const stock = db.define<Stock>('stock', {
  item: { type: DataTypes.STRING(20), primaryKey: true },
  quantity: { type: DataTypes.INTEGER, allowNull: false },
})

async function order(item: string, quantity: number): Promise<number> {
  return await db.transaction(async transaction => {
    const { id } = await orders.create({ item }, { transaction })
    await stock.decrement('quantity', { by: quantity, where: { item }, transaction })
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

await db.sync()
await stock.create({ item: 'book', quantity: 100 })
for (let taken = 0; taken < 10; taken += 1) {
  // Try it: kill this program's connections or restart the server while it runs.
  console.log(`order ${await orderPatiently('book', 1)}`)
  await new Promise(resolve => setTimeout(resolve, Number(process.env['PAUSE_MS'] ?? 500)))
}
// Set, not counted down: it may be sent twice, so it says so.
await stock.update({ quantity: 100 }, { where: { item: 'book' }, comeback: { idempotent: true } })
await db.close()
