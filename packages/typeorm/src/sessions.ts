import type { Policy } from '@comeback/core'
import { type ComebackDriver, withPolicy } from '@comeback/mysql2'
import { annotated, dataOf } from './annotation.js'
import type { StatementCallback, TypeormConnection } from './orm-types.js'
import { rollsBackTo, toleratesLoss } from './transaction.js'

const BRAND: unique symbol = Symbol.for('comeback.typeorm.driver') as never
const TENDED: unique symbol = Symbol.for('comeback.typeorm.tended') as never

type Getter = (...args: unknown[]) => void

/** Whether a driver is one that this package has made. */
export function hasSessions(driver: object): boolean {
  return BRAND in driver
}

/** What only a connection of TypeORM's needs: the annotation of its query runner, and ROLLBACK TO in a lost transaction. */
function tend(connection: TypeormConnection): void {
  if (Object.hasOwn(connection, TENDED)) return
  const { query } = connection
  Object.defineProperty(connection, TENDED, { value: true })
  connection.query = function tendedQuery(this: TypeormConnection, ...args: unknown[]): unknown {
    const annotation = dataOf(this)
    if (rollsBackTo(args[0])) args.push(toleratesLoss(args.pop() as StatementCallback))
    if (annotation !== undefined) args[0] = annotated(args[0], annotation)
    return query.apply(this, args)
  }
}

/** Tends every connection that a pool or a cluster hands out. */
function tendAll(source: { getConnection: unknown }): void {
  const getConnection = source.getConnection as Getter
  source.getConnection = function tendedGetConnection(this: unknown, ...args: unknown[]): void {
    const callback = args.pop() as StatementCallback
    getConnection.call(this, ...args, (error: unknown, connection: unknown) => {
      if (!error) tend(connection as TypeormConnection)
      callback(error, connection)
    })
  }
}

/** What TypeORM's `driver` option is given: mysql2's module, whose connections are sessions. */
export function sessionDriver(policy: Policy | undefined): ComebackDriver {
  const driver = withPolicy(policy)
  const { createPool, createPoolCluster } = driver
  driver.createPool = options => {
    const pool = createPool(options)
    tendAll(pool)
    return pool
  }
  driver.createPoolCluster = options => {
    const cluster = createPoolCluster(options)
    tendAll(cluster)
    return cluster
  }
  return Object.defineProperty(driver, BRAND, { value: true })
}
