import {
  brandAs,
  ComebackError,
  DatabaseUnavailableError,
  LostConnectionError,
  SessionLostError,
} from '@comeback/core'
import type { SequelizeErrors } from './orm-types.js'

/**
 * Sequelize writes the statement and its values into fields of whatever the driver fails with. On an error of Comeback's,
 * which several statements may share, they are kept out of what logs print.
 */
export function hideStatement(error: unknown): void {
  if (!(error instanceof ComebackError) || Object.hasOwn(error, 'sql')) return
  const hidden = { value: undefined, configurable: true, enumerable: false, writable: true }
  Object.defineProperties(error, { sql: hidden, parameters: hidden })
}

/** Whether nothing is known to be lost but a connection: no write and no transaction whose outcome matters. */
function isConnectionLoss(error: ComebackError): boolean {
  return (
    error instanceof LostConnectionError ||
    error instanceof DatabaseUnavailableError ||
    error instanceof SessionLostError
  )
}

/**
 * What Sequelize throws for an error of ours: an instance of its own class and of ours. A lost connection is a
 * `ConnectionError`, anything else a `DatabaseError` as for stock Sequelize.
 */
export function statementError(errors: SequelizeErrors, error: ComebackError, stack = ''): Error {
  if (!isConnectionLoss(error)) return brandAs(new errors.DatabaseError(error, { stack }), error)
  const wrapped = new errors.ConnectionError(error)
  if (stack !== '')
    Object.defineProperty(wrapped, 'stack', { value: stack, configurable: true, writable: true })
  return brandAs(wrapped, error)
}

/** Gives the brand to what Sequelize has made of a failure to connect. */
export function brandConnectFailure(error: unknown): void {
  const { parent } = (error ?? {}) as { readonly parent?: unknown }
  if (parent instanceof ComebackError && !(error instanceof ComebackError)) brandAs(error as Error, parent)
}
