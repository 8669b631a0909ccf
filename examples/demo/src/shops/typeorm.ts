import { comeback } from '@comeback/typeorm'
import { DataSource, type DataSourceOptions, EntitySchema } from 'typeorm'
import { ITEMS, type OpenShop, type Shop, untilDone } from '../shop.js'

interface Named {
  id: number
  side: string
  reference: string
}

interface Order extends Named {
  lines: Line[]
}

interface Line {
  id: number
  item: string
  order: Order
}

const id = { type: 'int', unsigned: true, primary: true, generated: 'increment' } as const
const named = {
  id,
  side: { type: 'varchar', length: 16 },
  reference: { type: 'varchar', length: 40 },
} as const

const orders = new EntitySchema<Order>({
  name: 'Order',
  tableName: 'orders',
  columns: named,
  relations: { lines: { type: 'one-to-many', target: 'Line', inverseSide: 'order', cascade: ['insert'] } },
})

const lines = new EntitySchema<Line>({
  name: 'Line',
  tableName: 'order_lines',
  columns: { id, item: { type: 'varchar', length: 20 } },
  relations: {
    order: { type: 'many-to-one', target: 'Order', inverseSide: 'lines', joinColumn: { name: 'order_id' } },
  },
})

const notes = new EntitySchema<Named>({ name: 'Note', tableName: 'notes', columns: named })

/** The shop on TypeORM. */
export async function openShop({ side, connection, slots, policy }: OpenShop): Promise<Shop> {
  const { user, ...rest } = connection
  const options: DataSourceOptions = {
    type: 'mariadb',
    ...rest,
    username: user,
    poolSize: slots,
    entities: [orders, lines, notes],
    logging: false,
  }
  const dataSource = new DataSource(policy === undefined ? options : comeback(options, policy))
  const { manager } = await dataSource.initialize()

  // An order and its lines, in a transaction of TypeORM's.
  const takeOnce = async (reference: string): Promise<void> => {
    await manager.save(orders, { side, reference, lines: ITEMS.map(item => ({ item })) })
  }

  return {
    takeOrder: reference => untilDone(() => takeOnce(reference)),
    async note(reference) {
      await manager.insert(notes, { side, reference })
    },
    async look(reference) {
      await manager.findOneBy(orders, { reference })
    },
    close: () => dataSource.destroy(),
  }
}
