import { ComebackConfigError, type Policy } from '@comeback/core'
import { supervise } from '@comeback/mysql2'
import knex, { type Knex } from 'knex'
import { addChainMethod } from './knex-annotation.js'
import { sessionClient } from './knex-client.js'
import type { KnexClient, KnexClientClass, KnexConfig, KnexInstance } from './knex-types.js'

/** The class behind `client: 'mysql2'`; without a connection Knex makes it and opens nothing. */
function mysql2Client(): KnexClientClass {
  return (knex({ client: 'mysql2' }) as unknown as KnexInstance).client.constructor
}

function refuse(option: string, received: string, choices: readonly string[]): never {
  throw new ComebackConfigError({ option, received, choices })
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`
  return value === null ? 'null' : typeof value
}

/** The dialect class that a configuration names. */
function baseOf(client: unknown): KnexClientClass {
  const base = mysql2Client()
  if (client === 'mysql2') return base
  if (typeof client === 'function' && client.prototype instanceof base) return client as KnexClientClass
  return refuse('config.client', client === undefined ? 'nothing' : describe(client), [
    "'mysql2'",
    "a class that extends Knex's mysql2 client",
  ])
}

function checkConfig(config: unknown): asserts config is KnexConfig {
  if (typeof config === 'function') {
    refuse('config', 'a knex instance', ["Knex's configuration (an instance goes to comeback.attach)"])
  }
  if (typeof config !== 'object' || config === null) {
    refuse('config', describe(config), ["Knex's configuration, an object with client: 'mysql2'"])
  }
  if ('getConnection' in config) refuse('config', 'a pool', ["Knex's configuration, an object"])
  if ((config as KnexConfig).connectionPool !== undefined) {
    refuse('config.connectionPool', 'a pool', [
      'connection: … here, so that Comeback opens the connections',
      'a pool of @comeback/mysql2 with plain Knex',
    ])
  }
}

function configure<C extends Knex.Config>(config: C, policy?: Policy): C {
  checkConfig(config)
  const base = baseOf(config.client)
  addChainMethod()
  return { ...config, client: sessionClient(base, supervise(policy)) as unknown as C['client'] }
}

/**
 * Gives an existing knex instance sessions from now on; connections that its pool already holds are dropped when they
 * are next taken.
 *
 * @throws ComebackConfigError when it is not a knex instance on mysql2, or an option of the policy is wrong.
 */
export function attach<K extends Knex>(instance: K, policy?: Policy): K {
  const client = (instance as unknown as Partial<KnexInstance> | null)?.client as KnexClient | undefined
  if (client === undefined) refuse('instance', describe(instance), ['a knex instance'])
  if (client.transacting) refuse('instance', 'a transaction', ['the knex instance that began it'])
  const base = baseOf(client.constructor === mysql2Client() ? 'mysql2' : client.constructor)
  addChainMethod()
  const { prototype } = sessionClient(base, supervise(policy))
  Object.setPrototypeOf(client, prototype)
  client.driver = prototype._driver()
  return instance
}

/** `comeback(config, policy?)` for a configuration, `comeback.attach(instance, policy?)` for an instance that exists. */
export interface Comeback {
  <C extends Knex.Config>(config: C, policy?: Policy): C
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
