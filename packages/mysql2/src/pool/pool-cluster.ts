import type { ResolvedPolicy } from '@comeback/core'
import type { PoolClusterOptions } from 'mysql2'
import { checkConnectionOptions } from '../check-options.js'
import { driver } from '../driver/driver.js'
import type { DriverCallback, DriverNamespace } from '../driver/driver-types.js'
import { createLinkSupervisor } from '../supervisor/link-supervisor.js'
import { ClusterPatience } from './cluster-patience.js'
import { poolConfig, SessionPool } from './pool.js'

/** mysql2 removes a node for ever after five errors unless told when to try it again. */
const RESTORE_NODE_MS = 1_000

/** Who asks for a connection leaves a node that is away for another one after this time. Who has one waits for its own node. */
const NODE_PATIENCE_MS = 300

/** mysql2's cluster with session pools in it. */
export class SessionPoolCluster extends driver.PoolCluster {
  readonly #policy: ResolvedPolicy
  readonly #patience: ClusterPatience
  readonly #patient = new WeakSet<DriverNamespace>()

  constructor(options: PoolClusterOptions | undefined, policy: ResolvedPolicy) {
    super(options)
    this.#policy = policy
    this.#patience = new ClusterPatience({ ...policy.outage, isClosed: () => this._closed })
    if (this._restoreNodeTimeout === 0) this._restoreNodeTimeout = RESTORE_NODE_MS
  }

  override of(pattern?: unknown, selector?: unknown): DriverNamespace {
    const namespace = super.of(pattern, selector)
    if (!this.#patient.has(namespace)) {
      this.#patient.add(namespace)
      this.#patience.give(namespace)
    }
    return namespace
  }

  /** The only node there is, and the one that comes back after all were away, are given the time that a login takes. */
  get #nodePatienceMs(): number {
    const isAlone = this._findNodeIds('*', true).length <= 1
    const isUrgent = !isAlone && !this.#patience.isTried
    return isUrgent ? NODE_PATIENCE_MS : this.#policy.outage.connectTimeoutMs
  }

  override _getConnection(node: unknown, callback: DriverCallback): void {
    super._getConnection(node, (error, connection) => {
      if (error) this.#patience.failed(error)
      callback(error, connection)
    })
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
    const supervisor = createLinkSupervisor(this.#policy)
    node.pool = new SessionPool(poolConfig(poolOptions), supervisor, () => this.#nodePatienceMs)
  }
}
