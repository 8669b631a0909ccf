import { type ChaosProxy, startChaosProxy } from '@comeback/chaos'
import type { Server } from '@comeback/test/database'
import type { Orm } from './orms.js'
import type { Shop } from './shop.js'

export type SideName = 'bare' | 'comeback'

/** One of the two applications: its shop, and its own way to the server. */
export interface Side {
  readonly name: SideName
  readonly shop: Shop
  readonly proxy: ChaosProxy
  close(): Promise<void>
}

/** Connections of each application. */
const SLOTS = 5

/** Comeback's own policy, but for a demonstration's shorter patience with silence. */
const POLICY = { watchdog: { afterMs: 1_000 } }

/** Opens one application. */
export async function openSide(name: SideName, orm: Orm, server: Server): Promise<Side> {
  const proxy = await startChaosProxy({ target: { host: server.host, port: server.port } })
  const { openShop } = await orm.load()
  const shop = await openShop({
    side: name,
    connection: proxy.config(server.config),
    slots: SLOTS,
    policy: name === 'bare' ? undefined : POLICY,
  })
  return {
    name,
    shop,
    proxy,
    async close() {
      // A stock pool never gets rid of a connection that hangs; the demo does not wait for it.
      const closed = shop.close().catch(() => undefined)
      await Promise.race([closed, new Promise(resolve => setTimeout(resolve, 500).unref())])
      await proxy.close()
    },
  }
}
