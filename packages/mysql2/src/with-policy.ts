import type { Policy } from '@comeback/core'
import { resolvePolicy } from '@comeback/core'
import type { ConnectionOptions, PoolClusterOptions, PoolOptions } from 'mysql2'
import mysql2 from 'mysql2'
import { createConnection, createPool, createPoolCluster } from './create.js'

/** mysql2's module with the three functions that open connections replaced. */
export type ComebackDriver = Omit<
  typeof mysql2,
  'createConnection' | 'connect' | 'createPool' | 'createPoolCluster'
> & {
  createConnection: typeof createConnection
  connect: typeof createConnection
  createPool: typeof createPool
  createPoolCluster: typeof createPoolCluster
}

/**
 * mysql2's module bound to a policy, for libraries that take a driver module and call it themselves
 * (TypeORM's `driver`, Sequelize's `dialectModule`).
 *
 * @throws ComebackConfigError when an option of the policy is unknown or wrong.
 */
export function withPolicy(policy?: Policy): ComebackDriver {
  resolvePolicy(policy)
  // Property descriptors are copied, not values: some of mysql2's exports are getters that load on demand.
  const bound = Object.create(null, Object.getOwnPropertyDescriptors(mysql2)) as ComebackDriver
  const connect = (options: ConnectionOptions | string): ReturnType<typeof createConnection> =>
    createConnection(options, policy)
  bound.createConnection = connect
  bound.connect = connect
  bound.createPool = (options: PoolOptions | string) => createPool(options, policy)
  bound.createPoolCluster = (options?: PoolClusterOptions) => createPoolCluster(options, policy)
  return bound
}
