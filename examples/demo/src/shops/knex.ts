import { comeback } from '@comeback/knex'
import knex, { type Knex } from 'knex'
import { ACQUIRE_MS, ITEMS, type OpenShop, type Shop, untilDone } from '../shop.js'

/** The shop on Knex. */
export async function openShop({ side, connection, slots, policy }: OpenShop): Promise<Shop> {
  const config: Knex.Config = {
    client: 'mysql2',
    connection: { ...connection },
    pool: { min: 0, max: slots },
    acquireConnectionTimeout: ACQUIRE_MS,
    // Knex reports each lost connection on the console; the demo counts them instead.
    log: { warn: () => undefined, error: () => undefined },
  }
  const db = knex(policy === undefined ? config : comeback(config, policy))

  const takeOnce = async (reference: string): Promise<void> => {
    const trx = await db.transaction()
    // Knex tells this promise as well; the application listens to the calls.
    trx.executionPromise.catch(() => undefined)
    try {
      const [id] = await trx('orders').insert({ side, reference })
      await trx('order_lines').insert(ITEMS.map(item => ({ order_id: id, item })))
      await trx.commit()
    } catch (error) {
      await trx.rollback().catch(() => undefined)
      throw error
    }
  }

  return {
    takeOrder: reference => untilDone(() => takeOnce(reference)),
    async note(reference) {
      await db('notes').insert({ side, reference })
    },
    async look(reference) {
      await db('orders').where({ reference }).first()
    },
    close: () => db.destroy(),
  }
}
