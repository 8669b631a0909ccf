import { refuseOption } from '@comeback/core'
import type { KnexClientClass } from './orm-types.js'
import { transactionClassOf } from './transaction.js'

/** Methods of Knex's mysql2 client that are overridden; they are not in its documented interface. */
const CLIENT_METHODS = [
  '_driver',
  'acquireRawConnection',
  'validateConnection',
  'releaseConnection',
  'destroyRawConnection',
  '_query',
  '_stream',
  'transaction',
  'destroy',
] as const

const TRANSACTION_METHODS = [
  'begin',
  'commit',
  'rollback',
  'savepoint',
  'release',
  'rollbackTo',
  'query',
] as const

function missing(client: KnexClientClass): string | undefined {
  const methods = client.prototype as unknown as Record<string, unknown>
  const method = CLIENT_METHODS.find(name => typeof methods[name] !== 'function')
  if (method !== undefined) return `the client's method ${method}`
  const transaction = transactionClassOf(client.prototype).prototype as unknown as Record<string, unknown>
  const step = TRANSACTION_METHODS.find(name => typeof transaction[name] !== 'function')
  return step && `the transaction's method ${step}`
}

/**
 * Proves that a dialect class of the running Knex has what Comeback builds on.
 *
 * @throws ComebackConfigError naming what is missing.
 */
export function checkVersion(client: KnexClientClass): void {
  const what = missing(client)
  if (what === undefined) return
  refuseOption('knex', `a version without ${what}`, ['knex 3.1 or later, below 4'])
}
