import { peek, type ResolvedPolicy, systemClock } from '@comeback/core'
import { toConnectError } from './error.js'
import { refusalOf } from './given-failure.js'
import { GivenPool } from './given-pool.js'
import { NO_ROWS, onPool, run } from './given-statement.js'
import { GivenTransaction } from './given-transaction.js'
import type {
  PrismaAdapter,
  PrismaAdapterFactory,
  PrismaConnectionInfo,
  PrismaIsolationLevel,
  PrismaQuery,
  PrismaResultSet,
  PrismaTransaction,
} from './orm-types.js'

const { now } = systemClock

/** After so long without a statement the event loop may not have heard yet that connections of the pool are dead. */
const IDLE_MS = 10

/** An adapter that is not ours, with what can be done from above it. */
class GivenAdapter implements PrismaAdapter {
  readonly provider = 'mysql'
  readonly adapterName: string
  readonly #inner: PrismaAdapter
  readonly #policy: ResolvedPolicy
  readonly #pool: GivenPool
  #usedAt: number = now()

  constructor(inner: PrismaAdapter, policy: ResolvedPolicy) {
    this.adapterName = inner.adapterName
    this.#inner = inner
    this.#policy = policy
    this.#pool = new GivenPool(inner)
    if (inner.getConnectionInfo === undefined) {
      Object.defineProperty(this, 'getConnectionInfo', { value: undefined })
    }
  }

  queryRaw(query: PrismaQuery): Promise<PrismaResultSet> {
    return this.#run(query.sql, NO_ROWS, () => this.#inner.queryRaw(query))
  }

  executeRaw(query: PrismaQuery): Promise<number> {
    return this.#run(query.sql, 0, () => this.#inner.executeRaw(query))
  }

  executeScript(script: string): Promise<void> {
    return this.#run(script, undefined, () => this.#inner.executeScript(script))
  }

  async startTransaction(isolationLevel?: PrismaIsolationLevel): Promise<PrismaTransaction> {
    const begin = (): Promise<PrismaTransaction> => this.#inner.startTransaction(isolationLevel)
    const inner = await this.#run('BEGIN', undefined as never, begin)
    return new GivenTransaction(inner, begin, this.#policy, this.#pool)
  }

  getConnectionInfo(): PrismaConnectionInfo {
    return this.#inner.getConnectionInfo?.() ?? { supportsRelationJoins: false }
  }

  dispose(): Promise<void> {
    return this.#pool.end(() => this.#inner.dispose())
  }

  async #run<T>(sql: string, verified: T, send: () => Promise<T>): Promise<T> {
    await this.#look()
    try {
      return await run(onPool(sql, verified, send), this.#policy, this.#pool)
    } finally {
      this.#usedAt = now()
    }
  }

  /** Lets the pool hear of connections that have died meanwhile; it drops them itself. */
  async #look(): Promise<void> {
    if (now() - this.#usedAt >= IDLE_MS) await peek(() => true)
  }
}

/** A factory of adapters that are not ours, under Comeback. */
export function givenFactory(factory: PrismaAdapterFactory, policy: ResolvedPolicy): PrismaAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    async connect() {
      try {
        return new GivenAdapter(await factory.connect(), policy)
      } catch (error) {
        throw toConnectError(refusalOf(error) ?? error)
      }
    },
  }
}
