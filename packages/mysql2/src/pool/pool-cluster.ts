import type { ResolvedPolicy } from '@comeback/core'
import type { PoolClusterOptions } from 'mysql2'
import { checkConnectionOptions } from '../check-options.js'
import { driver } from '../driver/driver.js'
import { createLinkSupervisor } from '../supervisor/link-supervisor.js'
import { poolConfig, SessionPool } from './pool.js'

/** mysql2 removes a node for ever after five errors unless told when to try it again. */
const RESTORE_NODE_MS = 1_000

/** A node that is away is left for another one after this time; waiting for it longer helps nobody while others are there. */
const NODE_PATIENCE_MS = 300

function nodePolicy(policy: ResolvedPolicy): ResolvedPolicy {
  const { outage } = policy
  return { ...policy, outage: { ...outage, maxWaitMs: Math.min(outage.maxWaitMs, NODE_PATIENCE_MS) } }
}

/** mysql2's cluster with session pools in it. */
export class SessionPoolCluster extends driver.PoolCluster {
  readonly #policy: ResolvedPolicy

  constructor(options: PoolClusterOptions | undefined, policy: ResolvedPolicy) {
    super(options)
    this.#policy = policy
    if (this._restoreNodeTimeout === 0) this._restoreNodeTimeout = RESTORE_NODE_MS
  }

  override add(id: unknown, options?: unknown): void {
    const poolOptions = typeof id === 'object' ? id : options
    checkConnectionOptions(poolOptions)
    const known = new Set(Object.keys(this._nodes))
    super.add(id, options)
    const name = Object.keys(this._nodes).find(one => !known.has(one))
    const node = name === undefined ? undefined : this._nodes[name]
    if (node === undefined) return
    node.pool.end(() => undefined)
    node.pool = new SessionPool(poolConfig(poolOptions), createLinkSupervisor(nodePolicy(this.#policy)))
  }
}
