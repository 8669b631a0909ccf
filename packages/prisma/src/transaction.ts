import type { PoolConnection } from 'mysql2'
import type { PrismaQuery, PrismaResultSet, PrismaTransaction } from './orm-types.js'
import { command, executeRaw, queryRaw } from './statement.js'

/** An open transaction on a session of its own, which goes back to its pool with COMMIT or ROLLBACK, whatever they say. */
export class SessionTransaction implements PrismaTransaction {
  readonly provider = 'mysql'
  readonly adapterName: string
  /** COMMIT and ROLLBACK are sent here, not by Prisma. */
  readonly options: PrismaTransaction['options'] = { usePhantomQuery: true }
  readonly #connection: PoolConnection
  readonly #useTextProtocol: boolean

  constructor(connection: PoolConnection, adapterName: string, useTextProtocol: boolean) {
    this.#connection = connection
    this.adapterName = adapterName
    this.#useTextProtocol = useTextProtocol
  }

  queryRaw(query: PrismaQuery): Promise<PrismaResultSet> {
    return queryRaw(this.#connection, query, this.#useTextProtocol)
  }

  executeRaw(query: PrismaQuery): Promise<number> {
    return executeRaw(this.#connection, query, this.#useTextProtocol)
  }

  commit(): Promise<void> {
    return this.#end('COMMIT')
  }

  rollback(): Promise<void> {
    return this.#end('ROLLBACK')
  }

  createSavepoint(name: string): Promise<void> {
    return command(this.#connection, `SAVEPOINT ${name}`)
  }

  rollbackToSavepoint(name: string): Promise<void> {
    return command(this.#connection, `ROLLBACK TO ${name}`)
  }

  releaseSavepoint(name: string): Promise<void> {
    return command(this.#connection, `RELEASE SAVEPOINT ${name}`)
  }

  async #end(sql: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    try {
      await command(this.#connection, sql)
    } finally {
      this.#connection.release()
    }
  }
}
