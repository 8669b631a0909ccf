import type { EventEmitter } from 'node:events'
import type { Readable, Transform } from 'node:stream'
import type { Connection } from 'mysql2'

/*
 * The slice of Knex that is touched. `orm-types.test-d.ts` proves that the real one fits, as far as Knex's own types tell.
 */

/** A compiled query as it reaches the driver. */
export interface KnexQuery {
  readonly sql: string
  readonly bindings?: readonly unknown[]
  /** What `.options()` was given; handed to the driver with the statement. */
  options?: { readonly comeback?: unknown; readonly [option: string]: unknown }
  readonly queryContext?: unknown
}

/** mysql2's query object, of which Knex streams the rows. */
interface StreamableQuery {
  stream(options: object): Readable
}

export interface KnexConnection extends Connection {
  __knex__disposed?: unknown
  readonly __knexUid?: string
}

/** A caller that waits for a connection of Knex's pool. */
export interface WaitingCaller {
  reject(error: unknown): void
}

/** What builds a statement. */
export interface KnexBuilder {
  readonly constructor: KnexBuilderClass
  options(options: object): this
}

export interface KnexBuilderClass {
  readonly prototype: KnexBuilder
  extend(name: string, method: (this: KnexBuilder, ...args: readonly unknown[]) => unknown): void
}

export interface KnexClient extends EventEmitter {
  readonly constructor: KnexClientClass
  readonly config: KnexConfig
  driver: unknown
  readonly transacting?: boolean
  /** Tarn's, unless the application brings one of its own. */
  readonly pool?: {
    readonly pendingAcquires?: readonly WaitingCaller[]
    /** Default: true. */
    readonly propagateCreateError?: boolean
  }
  readonly logger: { warn(message: string): void }
  _driver(): unknown
  acquireRawConnection(): Promise<KnexConnection>
  validateConnection(connection: KnexConnection): boolean | Promise<boolean>
  releaseConnection(connection: KnexConnection): Promise<void>
  destroyRawConnection(connection: KnexConnection): Promise<void>
  destroy(callback?: (error?: unknown) => void): Promise<void>
  query(connection: KnexConnection, query: string | KnexQuery): Promise<unknown>
  _query(connection: KnexConnection, query: KnexQuery): Promise<unknown>
  _stream(connection: KnexConnection, query: KnexQuery, stream: Transform, options?: object): Promise<unknown>
  transaction(...args: unknown[]): KnexTransaction
  queryBuilder(): KnexBuilder
}

export interface KnexClientClass {
  readonly prototype: KnexClient
  new (config: KnexConfig): KnexClient
}

export interface KnexTransaction {
  readonly constructor: KnexTransactionClass
  readonly trxClient: KnexClient
  readonly doNotRejectOnRollback: boolean
  _completed: boolean
  _resolver(value?: unknown): void
  _rejecter(error: unknown): void
  catch(handler: (error: unknown) => void): Promise<unknown>
}

export interface KnexTransactionClass {
  readonly prototype: KnexTransaction
  new (client: KnexClient, ...args: unknown[]): KnexTransaction
}

/** The part of Knex's configuration that is read. */
export interface KnexConfig {
  readonly client?: unknown
  readonly connection?: unknown
  readonly connectionPool?: unknown
  readonly [option: string]: unknown
}

/** A knex instance, as far as attaching goes. */
export interface KnexInstance {
  readonly client: KnexClient
  emit(event: string, ...args: unknown[]): boolean
}

/** The query as mysql2 returns it, with its rows as a stream. */
export function rowsOf(connection: KnexConnection, query: KnexQuery, streamOptions: object): Readable {
  const run = connection.query as unknown as (
    this: KnexConnection,
    options: object,
    bindings: readonly unknown[] | undefined,
  ) => StreamableQuery
  return run.call(connection, { sql: query.sql, ...query.options }, query.bindings).stream(streamOptions)
}
