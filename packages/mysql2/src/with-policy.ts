import type { Policy } from '@comeback/core'
import { resolvePolicy } from '@comeback/core'
import type { Connection, ConnectionOptions, PoolClusterOptions, PoolOptions } from 'mysql2'
import mysql2 from 'mysql2'
import { createConnection, createPool, createPoolCluster } from './create.js'
import type { SupervisedSessions } from './supervise.js'

/** mysql2's module with the functions that open connections replaced. */
export type ComebackDriver = Omit<
  typeof mysql2,
  'createConnection' | 'connect' | 'createPool' | 'createPoolCluster'
> & {
  createConnection(options: ConnectionOptions | string): Connection
  connect(options: ConnectionOptions | string): Connection
  createPool(options: PoolOptions | string): ReturnType<typeof createPool>
  createPoolCluster(options?: PoolClusterOptions): ReturnType<typeof createPoolCluster>
}

function bind(
  policy: Policy | undefined,
  connect: (options: ConnectionOptions | string) => Connection,
): ComebackDriver {
  // Property descriptors are copied, not values: some of mysql2's exports are getters that load on demand.
  const driver = Object.create(null, Object.getOwnPropertyDescriptors(mysql2)) as ComebackDriver
  driver.createConnection = connect
  driver.connect = connect
  driver.createPool = options => createPool(options, policy)
  driver.createPoolCluster = options => createPoolCluster(options, policy)
  return driver
}

/**
 * mysql2's module bound to a policy, for libraries that take a driver module and call it themselves
 * (TypeORM's `driver`, Sequelize's `dialectModule`).
 *
 * @throws ComebackConfigError when an option of the policy is unknown or wrong.
 */
export function withPolicy(policy?: Policy): ComebackDriver {
  resolvePolicy(policy)
  return bind(policy, options => createConnection(options, policy))
}

/** mysql2's module, its connections being sessions of one supervisor; for an ORM with a pool of its own. */
export function withSessions(sessions: SupervisedSessions): ComebackDriver {
  return bind(sessions.policy, options => sessions.createConnection(options))
}
