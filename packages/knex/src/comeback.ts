import { type ComebackEvent, type Policy, refuseOption, resolvePolicy, typeOf } from '@comeback/core'
import knex, { type Knex } from 'knex'
import { addChainMethod } from './annotation.js'
import { checkVersion } from './check-version.js'
import type { KnexClient, KnexClientClass, KnexConfig, KnexInstance } from './orm-types.js'
import { hasSessions, sessionClient } from './sessions.js'

const RELAYS: unique symbol = Symbol.for('comeback.knex.relays') as never

/** Knex's own client of `client: 'mysql2'`; without a connection it opens nothing. */
function mysql2Client(): KnexClient {
  return (knex({ client: 'mysql2' }) as unknown as KnexInstance).client
}

const CLIENTS = ["'mysql2'", "a class that extends Knex's mysql2 client"]

/** The dialect class that a configuration names, Knex's own or one that extends it. */
function baseOf(option: string, client: unknown, { constructor: base }: KnexClient): KnexClientClass {
  if (client === 'mysql2' || client === base) return base
  if (typeof client === 'string') return refuseOption(option, `'${client}'`, CLIENTS)
  if (typeof client !== 'function') return refuseOption(option, typeOf(client), CLIENTS)
  if (!(client.prototype instanceof base)) return refuseOption(option, "another dialect's class", CLIENTS)
  if (hasSessions(client.prototype))
    return refuseOption(option, 'one that is under Comeback already', CLIENTS)
  return client as unknown as KnexClientClass
}

function checkConfig(config: unknown): asserts config is KnexConfig {
  const choice = "Knex's configuration, an object with client: 'mysql2'"
  if (typeof config === 'function' && 'client' in config) {
    refuseOption('config', 'a knex instance', ["Knex's configuration (an instance goes to comeback.attach)"])
  }
  if (typeof config === 'string')
    refuseOption('config', 'a URL or another string', [`${choice} and connection: url`])
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    refuseOption('config', typeOf(config), [choice])
  }
  if ('getConnection' in config) refuseOption('config', 'a pool', [choice])
  checkPool('config', config as KnexConfig)
}

function checkPool(option: string, { connectionPool }: KnexConfig): void {
  if (connectionPool === undefined) return
  refuseOption(`${option}.connectionPool`, 'a pool', [
    'connection: … here, so that Comeback opens the connections',
    'a pool of @comeback/mysql2 with plain Knex',
  ])
}

function configure<C extends Knex.Config>(config: C, policy?: Policy): C {
  checkConfig(config)
  const stock = mysql2Client()
  const base = baseOf('config.client', config.client, stock)
  checkVersion(base)
  resolvePolicy(policy)
  addChainMethod(stock)
  return { ...config, client: sessionClient(base, policy) as unknown as C['client'] }
}

/** Knex does not tell a client which instance it belongs to; with an instance in hand, its events can be passed on. */
function relayEvents(instance: KnexInstance): void {
  if (Object.hasOwn(instance, RELAYS)) return
  Object.defineProperty(instance, RELAYS, { value: true })
  instance.client.on('comeback', (event: ComebackEvent) => instance.emit('comeback', event))
}

/**
 * Gives an existing knex instance sessions from now on; connections that its pool already holds are dropped when they
 * are next taken. What happens is emitted on the instance as event `comeback`.
 *
 * An instance that was made from `comeback(config)` has its sessions; this gives it the events only.
 *
 * @param policy - What Comeback may do; see `Policy` for every default. Not for an instance that has its policy.
 * @throws ComebackConfigError when it is not a knex instance on mysql2, or an option of the policy is wrong.
 */
export function attach<K extends Knex>(instance: K, policy?: Policy): K {
  const given: unknown = instance
  if (typeof given !== 'function' || !('client' in given)) {
    refuseOption('instance', typeOf(given), ['a knex instance'])
  }
  const target = given as unknown as KnexInstance
  const { client } = target
  if (client.transacting) refuseOption('instance', 'a transaction', ['the knex instance that began it'])
  if (!hasSessions(client)) addSessions(client, policy)
  else if (policy !== undefined) {
    refuseOption('policy', 'a second one', ['none: the instance has the policy that it was made with'])
  }
  relayEvents(target)
  return instance
}

function addSessions(client: KnexClient, policy: Policy | undefined): void {
  const stock = mysql2Client()
  const base = baseOf('instance.client', client.constructor, stock)
  checkPool('instance.client.config', client.config)
  checkVersion(base)
  resolvePolicy(policy)
  addChainMethod(stock)
  Object.setPrototypeOf(client, sessionClient(base, policy).prototype)
  client.driver = client._driver()
}

/** `comeback(config, policy?)` for a configuration, `comeback.attach(instance, policy?)` for an instance that exists. */
export interface Comeback {
  /**
   * Knex's configuration in, Knex's configuration out.
   *
   * @throws ComebackConfigError naming the option that is unknown or wrong.
   */
  <C extends Knex.Config>(config: C, policy?: Policy): C
  /** Gives an existing knex instance sessions from now on, and the event `comeback`. */
  readonly attach: typeof attach
}

/**
 * Knex's configuration in, Knex's configuration out: connections made from it survive their server going away.
 *
 * @param config - As for `knex()`, with `client: 'mysql2'`.
 * @param policy - What Comeback may do; see `Policy` for every default.
 * @throws ComebackConfigError naming the option that is unknown or wrong.
 * @example
 * ```ts
 * import { comeback } from '@comeback/knex'
 * import knex from 'knex'
 *
 * const db = knex(comeback({ client: 'mysql2', connection: { host: '127.0.0.1', user: 'shop' } }))
 * ```
 */
export const comeback: Comeback = Object.assign(configure, { attach })
