import type { Policy } from '@comeback/core'
import { type ComebackDriver, withPolicy } from '@comeback/mysql2'
import { annotated, dataOf } from './annotation.js'
import type { StatementCallback, TypeormConnection } from './orm-types.js'
import { rollsBackTo, tolerateLoss } from './transaction.js'

const BRAND: unique symbol = Symbol.for('comeback.typeorm.driver') as never
const TENDED: unique symbol = Symbol.for('comeback.typeorm.tended') as never

type Getter = (...args: unknown[]) => void

/** Whether a driver is one that this package has made. */
export function hasSessions(driver: object): boolean {
  return BRAND in driver
}

/** With `enableQueryTimeout` TypeORM gives an options object. */
function textOf(statement: unknown): string {
  return typeof statement === 'string' ? statement : (statement as { sql: string }).sql
}

type Query = TypeormConnection['query']

/** `query` with what only a connection of TypeORM's needs: the annotation of its query runner, and ROLLBACK TO in a lost transaction. */
function tendedQuery(repeatable: RegExp | undefined): Query {
  return function query(this: TypeormConnection, ...args: unknown[]): unknown {
    const sql = textOf(args[0])
    const annotation = repeatable?.test(sql) ? { idempotent: true } : dataOf(this)
    if (rollsBackTo(sql)) tolerateLoss(args)
    if (annotation !== undefined) args[0] = annotated(args[0], annotation)
    // Asked for at each call: what observes mysql2 may replace it at any time.
    return (Object.getPrototypeOf(this) as TypeormConnection).query.apply(this, args)
  }
}

function tend(connection: TypeormConnection, query: Query): void {
  if (Object.hasOwn(connection, TENDED)) return
  Object.defineProperty(connection, TENDED, { value: true })
  connection.query = query
}

/** Tends every connection that a pool or a cluster hands out. */
function tendAll(source: { getConnection: unknown }, repeatable: RegExp | undefined): void {
  const getConnection = source.getConnection as Getter
  const query = tendedQuery(repeatable)
  source.getConnection = function tendedGetConnection(this: unknown, ...args: unknown[]): void {
    const callback = args.pop() as StatementCallback
    getConnection.call(this, ...args, (error: unknown, connection: unknown) => {
      if (!error) tend(connection as TypeormConnection, query)
      callback(error, connection)
    })
  }
}

/**
 * What TypeORM's `driver` option is given: mysql2's module, whose connections are sessions.
 *
 * @param repeatable - Which statements of TypeORM's own may be sent again.
 */
export function sessionDriver(policy: Policy | undefined, repeatable?: RegExp): ComebackDriver {
  const driver = withPolicy(policy)
  const { createPool, createPoolCluster } = driver
  driver.createPool = options => {
    const pool = createPool(options)
    tendAll(pool, repeatable)
    return pool
  }
  driver.createPoolCluster = options => {
    const cluster = createPoolCluster(options)
    tendAll(cluster, repeatable)
    return cluster
  }
  return Object.defineProperty(driver, BRAND, { value: true })
}
