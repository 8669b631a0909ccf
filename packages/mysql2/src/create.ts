import { type Policy, resolvePolicy } from '@comeback/core'
import type {
  Connection,
  ConnectionOptions,
  Pool,
  PoolCluster,
  PoolClusterOptions,
  PoolOptions,
} from 'mysql2'
import { checkConnectionOptions } from './check-options.js'
import { driver } from './driver/driver.js'
import type { DriverConfig } from './driver/driver-types.js'
import { poolConfig, SessionPool } from './pool/pool.js'
import { SessionPoolCluster } from './pool/pool-cluster.js'
import { createSession, type Session } from './session/session-facade.js'
import { createLinkSupervisor, type LinkSupervisor } from './supervisor/link-supervisor.js'

/** What mysql2 makes of connection options. */
function connectionConfig(options: unknown): DriverConfig {
  checkConnectionOptions(options)
  return new driver.ConnectionConfig(options)
}

/** A session of an ORM's pool, whose links are opened by the given supervisor. */
export function createSupervisedSession(
  options: unknown,
  supervisor: LinkSupervisor,
  firstLinkMs: number | undefined,
): Session {
  return createSession(connectionConfig(options), {
    supervisor,
    keeper: 'orm-pool',
    firstLinkMs: firstLinkMs === undefined ? undefined : () => firstLinkMs,
  })
}

/**
 * A connection that survives its server going away: mysql2's `createConnection` with mysql2's own interface.
 *
 * @param options - mysql2's connection options or URI.
 * @param policy - What Comeback may do; see `Policy` for every default.
 * @throws ComebackConfigError when an option of the policy is unknown or wrong.
 */
export function createConnection(options: ConnectionOptions | string, policy?: Policy): Connection {
  const config = connectionConfig(options)
  const supervisor = createLinkSupervisor(resolvePolicy(policy))
  return createSession(config, { supervisor, keeper: 'application' }) as unknown as Connection
}

/**
 * A pool that hands out nothing dead: mysql2's `createPool` with mysql2's own interface.
 *
 * @param options - mysql2's pool options or URI.
 * @param policy - What Comeback may do; see `Policy` for every default.
 * @throws ComebackConfigError when an option of the policy is unknown or wrong.
 */
export function createPool(options: PoolOptions | string, policy?: Policy): Pool {
  checkConnectionOptions(options)
  const supervisor = createLinkSupervisor(resolvePolicy(policy))
  return new SessionPool(poolConfig(options), supervisor) as unknown as Pool
}

/**
 * A cluster of such pools: mysql2's `createPoolCluster` with mysql2's own interface. A node that failed comes back:
 * unless `restoreNodeTimeout` is set, it is tried again
 * after a second. A node that is away is waited for 300 ms, then another one is taken.
 *
 * @param options - mysql2's cluster options.
 * @param policy - What Comeback may do in each pool; see `Policy` for every default.
 * @throws ComebackConfigError when an option of the policy is unknown or wrong.
 */
export function createPoolCluster(options?: PoolClusterOptions, policy?: Policy): PoolCluster {
  return new SessionPoolCluster(options, resolvePolicy(policy)) as unknown as PoolCluster
}
