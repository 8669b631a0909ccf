import { isLostTransaction, type Policy } from '@comeback/core'
import type { ConnectionConfig, Server } from '@comeback/test/database'

/** A small order-taking application. It is the same on both sides; only the configuration of its library differs. */
export interface Shop {
  /** Takes an order in one transaction. */
  takeOrder(reference: string): Promise<void>
  /** Writes a note, without a transaction. */
  note(reference: string): Promise<void>
  /** Looks something up. */
  look(reference: string): Promise<void>
  close(): Promise<void>
}

/** How a shop is opened. */
export interface OpenShop {
  /** The name of the application, in all of its rows. */
  readonly side: string
  readonly connection: ConnectionConfig
  /** Most connections of its pool. */
  readonly slots: number
  /** Comeback's policy; without one, the library is used as it comes. */
  readonly policy: Policy | undefined
}

/** How long a shop waits for a connection of its pool, where its library lets it say so. */
export const ACQUIRE_MS = 5_000

/** What is in each order. */
export const ITEMS: readonly string[] = ['tea', 'cup']

/** How often an order is taken again after its transaction was rolled back for certain. */
const MOST_RUNS = 5

/** Creates the tables. No unique key on `reference`: a duplicate is to be seen, not prevented. */
export async function furnish(server: Server): Promise<void> {
  const own = 'id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY'
  const named = 'side VARCHAR(16) NOT NULL, reference VARCHAR(40) NOT NULL, KEY (reference)'
  for (const table of [
    `orders (${own}, ${named})`,
    `order_lines (${own}, order_id INT UNSIGNED NOT NULL, item VARCHAR(20) NOT NULL, KEY (order_id))`,
    `notes (${own}, ${named})`,
  ]) {
    await server.admin.query(`CREATE TABLE test.${table}`)
  }
}

/** An application that knows that nothing was done may do it again. A library as it comes never says so. */
export async function untilDone(takeOnce: () => Promise<void>): Promise<void> {
  for (let run = 1; ; run += 1) {
    try {
      await takeOnce()
      return
    } catch (error) {
      const isUndone = isLostTransaction(error) && (error as { outcome?: string }).outcome === 'rolled-back'
      if (!isUndone || run === MOST_RUNS) throw error
    }
  }
}
