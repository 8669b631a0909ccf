import { type Policy, refuseOption, resolvePolicy, typeOf } from '@comeback/core'
import { createConnection, createPool } from '@comeback/mysql2'
import type { PoolOptions } from 'mysql2'
import { SessionAdapter } from './adapter.js'
import { checkVersion } from './check-version.js'
import { toConnectError } from './error.js'
import type { PrismaAdapter, PrismaAdapterFactory } from './orm-types.js'
import { supportsRelationJoins } from './server-version.js'

const BRAND: unique symbol = Symbol.for('comeback.prisma.factory') as never

/** What can be said of an adapter beside how to connect. */
export interface PrismaComebackOptions {
  /** The name of the database that generated statements carry. Default: none; the connection's own is meant. */
  readonly database?: string
  /** Sends statements as text, not prepared. Default: `false`, as with `@prisma/adapter-mariadb`. */
  readonly useTextProtocol?: boolean
  /** What Comeback may do; see `Policy` for every default. */
  readonly policy?: Policy
}

const OPTIONS = { database: 'string', useTextProtocol: 'boolean', policy: 'object' } as const

function checkOptions(options: unknown): asserts options is PrismaComebackOptions {
  const where = 'new PrismaComeback(config, options)'
  if (typeof options !== 'object' || options === null) {
    refuseOption(where, typeOf(options), [`{ ${Object.keys(OPTIONS).join(', ')} }`])
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(OPTIONS, name)) refuseOption(`${where}.${name}`, typeOf(value), Object.keys(OPTIONS))
    const type = OPTIONS[name as keyof typeof OPTIONS]
    if (value !== undefined && typeof value !== type)
      refuseOption(`${where}.${name}`, typeOf(value), [`a ${type}`])
  }
}

/** Values as Prisma takes them: nothing rounded, nothing parsed, times as the server wrote them. */
const VALUES = {
  supportBigNumbers: true,
  bigNumberStrings: true,
  decimalNumbers: false,
  dateStrings: true,
  jsonStrings: true,
  typeCast: true,
} as const

/**
 * How many statements a connection keeps prepared. Prisma writes another statement for each length of a list, and a server
 * keeps 16,382 for all connections.
 */
const PREPARED_STATEMENTS = 256

function poolOptions(config: PoolOptions | string): PoolOptions {
  const given = typeof config === 'string' ? { uri: config } : config
  return { maxPreparedStatements: PREPARED_STATEMENTS, ...given, ...VALUES }
}

/**
 * A driver adapter for Prisma on MySQL and MariaDB over sessions of `@comeback/mysql2`, which survive their server going away.
 * It gives and takes values as `@prisma/adapter-mariadb` does.
 *
 * @example
 * ```ts
 * import { PrismaComeback } from '@comeback/prisma'
 *
 * const adapter = new PrismaComeback('mysql://shop@127.0.0.1/shop')
 * ```
 */
export class PrismaComeback implements PrismaAdapterFactory {
  /** Prisma's name for MySQL and MariaDB. */
  readonly provider = 'mysql'
  /** Under which Prisma knows the adapter. */
  readonly adapterName: string = '@comeback/prisma'
  /** As it was given. */
  readonly config: PoolOptions | string
  /** As they were given. */
  readonly options: PrismaComebackOptions

  /**
   * @param config - mysql2's pool options or a URL. How rows are read is Prisma's business: `dateStrings`, `typeCast` and their
   * like are set as it needs them.
   * @param options - what can be said beside.
   * @throws ComebackConfigError when an option, or one of the policy, is unknown or wrong, or the installed Prisma is not 7.
   */
  constructor(config: PoolOptions | string, options: PrismaComebackOptions = {}) {
    checkVersion()
    if (typeof config !== 'string' && (typeof config !== 'object' || config === null)) {
      refuseOption('new PrismaComeback(config)', typeOf(config), ["mysql2's pool options", 'a URL'])
    }
    if (typeof config === 'object' && 'getConnection' in config) {
      refuseOption('new PrismaComeback(config)', 'a pool', ["mysql2's pool options", 'a URL'])
    }
    checkOptions(options)
    resolvePolicy(options.policy)
    this.config = config
    this.options = options
    Object.defineProperty(this, BRAND, { value: true, enumerable: false })
  }

  /** True of what any copy of this package has made. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value
  }

  /**
   * Opens a pool; called by Prisma.
   *
   * @throws an error of Prisma's class that says why, when the server refuses or can not be reached in time.
   */
  async connect(): Promise<PrismaAdapter> {
    const { policy, database, useTextProtocol = false } = this.options
    const options = poolOptions(this.config)
    const pool = createPool(options, policy)
    try {
      const info = {
        ...(database === undefined ? {} : { schemaName: database }),
        supportsRelationJoins: await supportsRelationJoins(pool),
      }
      const runScript = (script: string): Promise<void> => runAlone(options, policy, script)
      return new SessionAdapter({ pool, adapterName: this.adapterName, useTextProtocol, info, runScript })
    } catch (error) {
      pool.end(() => undefined)
      throw toConnectError(error)
    }
  }
}

/** Several statements in one packet are allowed on this connection only. */
function runAlone(options: PoolOptions, policy: Policy | undefined, script: string): Promise<void> {
  const connection = createConnection({ ...options, multipleStatements: true }, policy)
  return new Promise((resolve, reject) => {
    connection.query(script, error => {
      connection.end(() => undefined)
      if (error) reject(toConnectError(error))
      else resolve()
    })
  })
}
