import { comeback } from '@comeback/sequelize'
import { DataTypes, type Options, Sequelize } from 'sequelize'
import { ACQUIRE_MS, ITEMS, type OpenShop, type Shop, untilDone } from '../shop.js'

const id = { type: DataTypes.INTEGER.UNSIGNED, primaryKey: true, autoIncrement: true }
const named = { id, side: DataTypes.STRING(16), reference: DataTypes.STRING(40) }

/** Sequelize reports on the console that a transaction could not be ended, and has no option not to; the demo counts it instead. */
function keepOffTheScreen(): void {
  const { warn } = console
  console.warn = (...told: unknown[]) => {
    if (!/^(?:Committing|Rolling back) transaction /.test(String(told[0]))) warn(...told)
  }
}

/** The shop on Sequelize. */
export async function openShop({ side, connection, slots, policy }: OpenShop): Promise<Shop> {
  if (policy === undefined) keepOffTheScreen()
  const { user, ...rest } = connection
  const options: Options = {
    // For MariaDB as well: Sequelize's dialect of that name needs another driver.
    dialect: 'mysql',
    ...rest,
    username: user,
    pool: { min: 0, max: slots, acquire: ACQUIRE_MS },
    define: { timestamps: false },
    logging: false,
  }
  const sequelize = new Sequelize(policy === undefined ? options : comeback(options, policy))
  const orders = sequelize.define('order', named, { tableName: 'orders' })
  const lines = sequelize.define('line', { id, item: DataTypes.STRING(20) }, { tableName: 'order_lines' })
  const notes = sequelize.define('note', named, { tableName: 'notes' })
  orders.hasMany(lines, { as: 'lines', foreignKey: 'order_id' })

  const takeOnce = (reference: string): Promise<void> =>
    sequelize.transaction(async transaction => {
      await orders.create(
        { side, reference, lines: ITEMS.map(item => ({ item })) },
        { include: 'lines', transaction },
      )
    })

  return {
    takeOrder: reference => untilDone(() => takeOnce(reference)),
    async note(reference) {
      await notes.create({ side, reference })
    },
    async look(reference) {
      await orders.findOne({ where: { reference } })
    },
    close: () => sequelize.close(),
  }
}
