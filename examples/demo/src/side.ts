import { type ChaosProxy, startChaosProxy } from '@comeback/chaos'
import { comeback } from '@comeback/knex'
import type { Server } from '@comeback/test/database'
import knex, { type Knex } from 'knex'
import { Shop } from './shop.js'

export type SideName = 'bare' | 'comeback'

/** One of the two applications: its library, its pool, and its own way to the server. */
export interface Side {
  readonly name: SideName
  readonly shop: Shop
  readonly proxy: ChaosProxy
  close(): Promise<void>
}

/** Connections of each application. */
const SLOTS = 5

function configuration(connection: object): Knex.Config {
  return {
    client: 'mysql2',
    connection,
    pool: { min: 0, max: SLOTS },
    acquireConnectionTimeout: 5_000,
    // Knex reports each lost connection on the console; the demo counts them instead.
    log: { warn: () => undefined, error: () => undefined },
  }
}

/** Opens one application. The policy is Comeback's own, but for a demonstration's shorter patience with silence. */
export async function openSide(name: SideName, server: Server): Promise<Side> {
  const proxy = await startChaosProxy({ target: { host: server.host, port: server.port } })
  const config = configuration(proxy.config(server.config))
  const db = knex(name === 'bare' ? config : comeback(config, { watchdog: { afterMs: 1_000 } }))
  return {
    name,
    shop: new Shop(db),
    proxy,
    async close() {
      // A stock pool never gets rid of a connection that hangs; the demo does not wait for it.
      const closed = db.destroy().catch(() => undefined)
      await Promise.race([closed, new Promise(resolve => setTimeout(resolve, 500).unref())])
      await proxy.close()
    },
  }
}
