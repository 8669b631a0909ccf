import { isLostTransaction } from '@comeback/core'
import type { Knex } from 'knex'

/** How often an order is taken again after its transaction was rolled back for certain. */
const MOST_RUNS = 5

/** A small order-taking application on Knex. It is the same on both sides; only the configuration of Knex differs. */
export class Shop {
  readonly #db: Knex

  constructor(db: Knex) {
    this.#db = db
  }

  static async furnish(db: Knex): Promise<void> {
    // No unique key on `reference`: a duplicate is to be seen, not prevented.
    await db.schema.createTable('orders', table => {
      table.increments('id')
      table.string('side', 16).notNullable()
      table.string('reference', 40).notNullable().index()
    })
    await db.schema.createTable('order_lines', table => {
      table.increments('id')
      table.integer('order_id').unsigned().notNullable().index()
      table.string('item', 20).notNullable()
    })
    await db.schema.createTable('notes', table => {
      table.increments('id')
      table.string('side', 16).notNullable()
      table.string('reference', 40).notNullable().index()
    })
  }

  /** Takes an order in one transaction of three statements. */
  async takeOrder(side: string, reference: string): Promise<void> {
    for (let run = 1; ; run += 1) {
      try {
        await this.#takeOrderOnce(side, reference)
        return
      } catch (error) {
        // An application that knows that nothing was done may do it again. Stock Knex never says so.
        const isUndone = isLostTransaction(error) && (error as { outcome?: string }).outcome === 'rolled-back'
        if (!isUndone || run === MOST_RUNS) throw error
      }
    }
  }

  async #takeOrderOnce(side: string, reference: string): Promise<void> {
    const trx = await this.#db.transaction()
    // Knex tells this promise as well; the application listens to the calls.
    trx.executionPromise.catch(() => undefined)
    try {
      const [id] = await trx('orders').insert({ side, reference })
      await trx('order_lines').insert([
        { order_id: id, item: 'tea' },
        { order_id: id, item: 'cup' },
      ])
      await trx.commit()
    } catch (error) {
      await trx.rollback().catch(() => undefined)
      throw error
    }
  }

  /** Writes a note, without a transaction. */
  async note(side: string, reference: string): Promise<void> {
    await this.#db('notes').insert({ side, reference })
  }

  /** Looks something up. */
  async look(reference: string): Promise<void> {
    await this.#db('orders').where({ reference }).first()
  }
}
