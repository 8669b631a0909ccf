import type { Policy } from '@comeback/core'
import type { ConnectionOptions, PoolClusterOptions, PoolOptions } from 'mysql2'
import type { Connection, Pool, PoolCluster } from 'mysql2/promise'
import * as callback from './create.js'
import { driver } from './driver/driver.js'

// `mysql2/promise` itself is not loaded here: from then on `promise()` of mysql2's own connections, which TypeORM calls for each
// statement, searches the disk for its class.

type PromiseLike = PromiseConstructor
type WithPromise = { readonly Promise?: PromiseLike }
type PromiseCluster = new (cluster: unknown, promise: PromiseLike) => PoolCluster

function promiseOf(options: unknown): PromiseLike {
  return (typeof options === 'object' && (options as WithPromise | null)?.Promise) || Promise
}

/** Gives a late error the stack of the call that it belongs to; mysql2's ends in a socket callback. */
function showCaller(error: unknown, caller: { stack?: string }): void {
  if (!(error instanceof Error) || caller.stack === undefined) return
  const [, ...frames] = caller.stack.split('\n')
  error.stack = [`${error.name}: ${error.message}`, ...frames].join('\n')
}

/**
 * The promise flavour of `createConnection`.
 *
 * @throws ComebackConfigError when an option of the policy is unknown or wrong; rejects when no link can be had in time.
 */
export function createConnection(options: ConnectionOptions | string, policy?: Policy): Promise<Connection> {
  const session = callback.createConnection(options, policy)
  const caller: { stack?: string } = {}
  Error.captureStackTrace(caller, createConnection)
  const Implementation = promiseOf(options)
  return new Implementation((resolve, reject) => {
    session.once('connect', () => resolve(session.promise(Implementation)))
    session.once('error', error => {
      showCaller(error, caller)
      reject(error)
    })
  })
}

/**
 * The promise flavour of `createPool`.
 *
 * @throws ComebackConfigError when an option of the policy is unknown or wrong.
 */
export function createPool(options: PoolOptions | string, policy?: Policy): Pool {
  return callback.createPool(options, policy).promise(promiseOf(options))
}

/**
 * The promise flavour of `createPoolCluster`.
 *
 * @throws ComebackConfigError when an option of the policy is unknown or wrong.
 */
export function createPoolCluster(options?: PoolClusterOptions, policy?: Policy): PoolCluster {
  const cluster = callback.createPoolCluster(options, policy)
  // mysql2 does not export the class; an empty cluster of its own shows it.
  const PromisePoolCluster = driver.createPoolClusterPromise({}).constructor as PromiseCluster
  const flavour = new PromisePoolCluster(cluster, promiseOf(options))
  // mysql2's calls `add` of mysql2's own class, whatever the cluster.
  return Object.defineProperty(flavour, 'add', { value: cluster.add.bind(cluster) })
}
