import type { Pool, PoolConnection } from 'mysql2'
import { toPrismaError } from './error.js'
import type {
  PrismaAdapter,
  PrismaConnectionInfo,
  PrismaIsolationLevel,
  PrismaQuery,
  PrismaResultSet,
  PrismaTransaction,
} from './orm-types.js'
import { command, executeRaw, newWire, queryRaw, type Wire } from './statement.js'
import { SessionTransaction } from './transaction.js'

/** What an adapter is made of. */
export interface SessionAdapterOptions {
  readonly pool: Pool
  readonly adapterName: string
  readonly useTextProtocol: boolean
  readonly info: PrismaConnectionInfo
  /** Runs several statements in one go, on a connection of its own. */
  readonly runScript: (script: string) => Promise<void>
}

function connectionOf(pool: Pool): Promise<PoolConnection> {
  return new Promise((resolve, reject) => {
    pool.getConnection((error, connection) => {
      if (error) reject(toPrismaError(error))
      else resolve(connection)
    })
  })
}

/** Prisma's adapter over a pool of sessions. */
export class SessionAdapter implements PrismaAdapter {
  readonly provider = 'mysql'
  readonly adapterName: string
  readonly #options: SessionAdapterOptions
  readonly #wire: Wire

  constructor(options: SessionAdapterOptions) {
    this.adapterName = options.adapterName
    this.#options = options
    this.#wire = newWire(options.useTextProtocol)
  }

  queryRaw(query: PrismaQuery): Promise<PrismaResultSet> {
    return queryRaw(this.#options.pool, query, this.#wire)
  }

  executeRaw(query: PrismaQuery): Promise<number> {
    return executeRaw(this.#options.pool, query, this.#wire)
  }

  executeScript(script: string): Promise<void> {
    return this.#options.runScript(script)
  }

  async startTransaction(isolationLevel?: PrismaIsolationLevel): Promise<PrismaTransaction> {
    const connection = await connectionOf(this.#options.pool)
    try {
      if (isolationLevel !== undefined) {
        await command(connection, `SET TRANSACTION ISOLATION LEVEL ${isolationLevel}`)
      }
      await command(connection, 'BEGIN')
    } catch (error) {
      // An isolation level that was set for this transaction must not be the next one's.
      connection.destroy()
      throw error
    }
    return new SessionTransaction(connection, this.adapterName, this.#wire)
  }

  getConnectionInfo(): PrismaConnectionInfo {
    return this.#options.info
  }

  async dispose(): Promise<void> {
    await this.#options.pool.promise().end()
  }

  /** The pool of sessions underneath, with mysql2's own interface. */
  underlyingDriver(): Pool {
    return this.#options.pool
  }
}
