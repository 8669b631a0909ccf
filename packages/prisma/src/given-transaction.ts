import { type ComebackError, type ResolvedPolicy, type SessionSnapshot, statementFacts } from '@comeback/core'
import { toPrismaError } from './error.js'
import type { GivenPool } from './given-pool.js'
import { type GivenStatement, NO_ROWS, run } from './given-statement.js'
import type { PrismaQuery, PrismaResultSet, PrismaTransaction } from './orm-types.js'

/** A transaction of an adapter that is not ours. Once it is lost, nothing more is sent on it but its end. */
export class GivenTransaction implements PrismaTransaction {
  readonly provider = 'mysql'
  readonly adapterName: string
  readonly options: PrismaTransaction['options']
  readonly #policy: ResolvedPolicy
  readonly #pool: GivenPool
  readonly #begin: () => Promise<PrismaTransaction>
  #inner: PrismaTransaction
  #lost: ComebackError | undefined
  #statements = 0
  #running = 0

  constructor(
    inner: PrismaTransaction,
    begin: () => Promise<PrismaTransaction>,
    policy: ResolvedPolicy,
    pool: GivenPool,
  ) {
    this.adapterName = inner.adapterName
    this.options = inner.options
    this.#inner = inner
    this.#begin = begin
    this.#policy = policy
    this.#pool = pool
    // Prisma looks whether an adapter has savepoints.
    for (const name of ['createSavepoint', 'rollbackToSavepoint', 'releaseSavepoint'] as const) {
      if (inner[name] === undefined) Object.defineProperty(this, name, { value: undefined })
    }
  }

  queryRaw(query: PrismaQuery): Promise<PrismaResultSet> {
    return this.#run(query.sql, NO_ROWS, () => this.#inner.queryRaw(query))
  }

  executeRaw(query: PrismaQuery): Promise<number> {
    return this.#run(query.sql, 0, () => this.#inner.executeRaw(query))
  }

  createSavepoint(name: string): Promise<void> {
    return this.#run(`SAVEPOINT ${name}`, undefined, async () => this.#inner.createSavepoint?.(name))
  }

  rollbackToSavepoint(name: string): Promise<void> {
    return this.#run(`ROLLBACK TO ${name}`, undefined, async () => this.#inner.rollbackToSavepoint?.(name))
  }

  releaseSavepoint(name: string): Promise<void> {
    return this.#run(`RELEASE SAVEPOINT ${name}`, undefined, async () => this.#inner.releaseSavepoint?.(name))
  }

  async commit(): Promise<void> {
    if (this.#lost === undefined) await this.#run('COMMIT', undefined, () => this.#inner.commit())
    else {
      await this.#giveBack()
      throw toPrismaError(this.#lost)
    }
  }

  // A transaction that is lost has nothing left to roll back, and whatever ended it has been told.
  async rollback(): Promise<void> {
    if (this.#lost === undefined) await this.#run('ROLLBACK', undefined, () => this.#inner.rollback())
    else await this.#giveBack()
  }

  async #giveBack(): Promise<void> {
    await this.#inner.rollback().catch(() => undefined)
  }

  #snapshot(): SessionSnapshot {
    const isClean = this.#statements === 0 && this.#running === 0
    return { transaction: isClean ? 'clean' : 'open', baggage: [], statements: this.#statements }
  }

  async #run<T>(sql: string, verified: T, send: () => Promise<T>): Promise<T> {
    if (this.#lost !== undefined) throw toPrismaError(this.#lost)
    const statement: GivenStatement<T> = {
      sql,
      verified,
      send,
      session: this.#snapshot(),
      isAlone: this.#running === 0,
      reopen: () => this.#reopen(),
    }
    const isRollback = statementFacts(sql).transaction === 'rollback'
    this.#running += 1
    try {
      const result = await run(statement, this.#policy, this.#pool, error => {
        this.#lost = error
      })
      this.#statements += 1
      return result
    } catch (error) {
      if (isRollback && this.#lost !== undefined) return verified
      throw error
    } finally {
      this.#running -= 1
    }
  }

  async #reopen(): Promise<void> {
    await this.#giveBack()
    this.#inner = await this.#begin()
  }
}
