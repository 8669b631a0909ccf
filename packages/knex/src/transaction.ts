import type { KnexClient, KnexConnection, KnexTransactionClass } from './orm-types.js'

/** How a transaction statement ends the transaction, in Knex's numbers. */
const COMMITS = 1
const ROLLS_BACK = 2

/** The server's number when a savepoint does not exist: DDL has committed the transaction. */
const NO_SUCH_SAVEPOINT = 1305

/** Knex does not export the transaction class of a dialect; one that never gets a connection shows it. */
export function transactionClassOf(base: KnexClient): KnexTransactionClass {
  const probe = Object.create(base) as KnexClient & { acquireConnection(): Promise<never> }
  probe.acquireConnection = () => Promise.reject(new Error('probe'))
  const transaction = probe.transaction(() => undefined)
  transaction.catch(() => undefined)
  return transaction.constructor
}

/**
 * Knex's transaction with three things mended: a COMMIT that failed rejects, a transaction whose BEGIN failed does not
 * run, and a ROLLBACK that failed does not hide the application's own error.
 */
export function honestTransaction(base: KnexTransactionClass): KnexTransactionClass {
  return class HonestTransaction extends base {
    query(
      connection: KnexConnection,
      sql: string,
      status?: typeof COMMITS | typeof ROLLS_BACK,
      value?: unknown,
    ): Promise<unknown> {
      const settled = this.trxClient.query(connection, sql).then(
        result => {
          this.#succeeded(sql, status, value)
          return result
        },
        (error: unknown) => this.#failed(sql, status, value, error),
      )
      if (status !== undefined) this._completed = true
      // A caller may leave out the await; `executionPromise` tells of the failure as well.
      settled.catch(() => undefined)
      return settled
    }

    #succeeded(sql: string, status: number | undefined, value: unknown): void {
      if (status === COMMITS) this._resolver(value)
      else if (status === ROLLS_BACK) this.#rolledBack(sql, value)
    }

    #rolledBack(sql: string, reason: unknown): void {
      if (reason !== undefined) this._rejecter(reason)
      else if (this.doNotRejectOnRollback && /^ROLLBACK\b/i.test(sql)) this._resolver()
      else this._rejecter(new Error(`Transaction rejected with non-error: ${reason}`))
    }

    #failed(sql: string, status: number | undefined, value: unknown, error: unknown): undefined {
      if ((error as { errno?: number }).errno === NO_SUCH_SAVEPOINT) {
        this.trxClient.logger.warn(
          'Transaction was implicitly committed, do not mix transactions and DDL with MySQL (#805)',
        )
        this.#succeeded(sql, status, value)
        return undefined
      }
      this._completed = true
      if (status === ROLLS_BACK) {
        this._rejecter(value ?? error)
        return undefined
      }
      if (status === COMMITS) this._rejecter(error)
      throw error
    }
  } as unknown as KnexTransactionClass
}
