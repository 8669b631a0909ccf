import type { PoolConnection } from 'mysql2'
import { DriverAdapterError } from './driver-error.js'
import type { PrismaQuery, PrismaResultSet, PrismaTransaction } from './orm-types.js'
import { command, executeRaw, queryRaw, type Wire } from './statement.js'

/** An open transaction on a session of its own, which goes back to its pool with COMMIT or ROLLBACK, whatever they say. */
export class SessionTransaction implements PrismaTransaction {
  readonly provider = 'mysql'
  readonly adapterName: string
  /** COMMIT and ROLLBACK are sent here, not by Prisma. */
  readonly options: PrismaTransaction['options'] = { usePhantomQuery: true }
  readonly #connection: PoolConnection
  readonly #wire: Wire

  constructor(connection: PoolConnection, adapterName: string, wire: Wire) {
    this.#connection = connection
    this.adapterName = adapterName
    this.#wire = wire
  }

  queryRaw(query: PrismaQuery): Promise<PrismaResultSet> {
    return queryRaw(this.#connection, query, this.#wire)
  }

  executeRaw(query: PrismaQuery): Promise<number> {
    return executeRaw(this.#connection, query, this.#wire)
  }

  async commit(): Promise<void> {
    try {
      await command(this.#connection, 'COMMIT')
    } catch (error) {
      // What matters is that COMMIT failed; one that was lost has ended its transaction.
      if (error instanceof DriverAdapterError) await this.#undo().catch(() => undefined)
      else this.#connection.release()
      throw error
    }
    this.#connection.release()
  }

  rollback(): Promise<void> {
    return this.#undo()
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

  /** A transaction that the server has refused to end is open still, and nobody else may go on in it. */
  async #undo(): Promise<void> {
    try {
      await command(this.#connection, 'ROLLBACK')
    } catch (error) {
      this.#connection.destroy()
      throw error
    }
    this.#connection.release()
  }
}
