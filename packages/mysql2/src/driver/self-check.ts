import { refuseOption } from '@comeback/core'
import { commandClasses, driver } from './driver.js'

/** Methods of mysql2's connection that a link overrides or calls; they are not in its documented interface. */
const CONNECTION_METHODS = [
  'addCommand',
  'handlePacket',
  'write',
  'protocolError',
  '_addCommandClosedState',
  '_notifyError',
  '_handleFatalError',
  '_handleNetworkError',
  'close',
  'pause',
  'resume',
] as const

const POOL_METHODS = [
  'getConnection',
  'releaseConnection',
  '_removeConnection',
  '_createConnectionConfig',
  '_handleSuccessfulRelease',
] as const

function missing(): string | undefined {
  const connection = driver.Connection.prototype as unknown as Record<string, unknown>
  const pool = driver.Pool.prototype as unknown as Record<string, unknown>
  const method =
    CONNECTION_METHODS.find(name => typeof connection[name] !== 'function') ??
    POOL_METHODS.find(name => typeof pool[name] !== 'function')
  if (method !== undefined) return `the method ${method}`
  const query = commandClasses.Query.prototype as Record<string, unknown>
  if (typeof query['resultsetHeader'] !== 'function') return 'the state resultsetHeader of a query'
  const fresh = new commandClasses.Query({ sql: '' })
  if (fresh.next !== null) return 'the field next of a command, null until it starts'
  return undefined
}

let checked = false

/**
 * Proves once that the running mysql2 has what Comeback builds on.
 *
 * @throws ComebackConfigError naming what is missing.
 */
export function checkDriver(): void {
  if (checked) return
  const what = missing()
  if (what !== undefined) {
    refuseOption('mysql2', `a version without ${what}`, ['mysql2 3.24 or later, below 4'])
  }
  checked = true
}
