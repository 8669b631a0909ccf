import type { Connection, ConnectionOptions } from 'mysql2'

/*
 * The slice of Sequelize that is touched. `orm-types.test-d.ts` proves that the real one fits, as far as Sequelize's own
 * types tell.
 */

/** A queue for connections. */
export interface WaitingCallers {
  /** Callers that wait, the first one first. Not documented; nothing is done where it is missing. */
  readonly _pendingAcquires?: readonly object[]
}

/** The pool of an instance: one, or with replication a pair that looks like one. */
export interface SequelizePool extends WaitingCallers {
  /** With replication. */
  readonly read?: WaitingCallers
  readonly write?: WaitingCallers
  acquire(queryType?: string, useMaster?: boolean): Promise<Connection>
  release(connection: Connection): void
  destroy(connection: Connection): Promise<void> | undefined
}

/** Makes the connections of an instance and holds its pool. */
export interface SequelizeConnectionManager {
  /** The driver's module. */
  lib: unknown
  readonly pool: SequelizePool
  /** Where to connect to; with replication, where to write to and a list of where to read from. */
  readonly config: { readonly replication?: false | null | { readonly read?: unknown } }
  connect(config: unknown): Promise<Connection>
  disconnect(connection: Connection): Promise<unknown>
  validate(connection: Connection): boolean
  close(): Promise<void>
}

/** One statement on its way to the driver. */
export interface SequelizeQuery {
  readonly options: SequelizeQueryOptions
  run(sql: string, parameters?: unknown): Promise<unknown>
  formatError(error: object, stack?: string): Error
}

/** The class of statements of an instance's dialect. */
export interface SequelizeQueryClass {
  readonly prototype: SequelizeQuery
  new (connection: Connection, sequelize: unknown, options: object): SequelizeQuery
}

/** What a statement is given, by whichever method of a model it is issued. */
export interface SequelizeQueryOptions {
  readonly comeback?: unknown
  readonly retry?: SequelizeRetry
  /** A transaction; while Sequelize asks for the server's version, an object that only holds a connection. */
  readonly transaction?: Partial<SequelizeTransaction> | null
  /** Whether it is the COMMIT or ROLLBACK of its transaction. */
  readonly completesTransaction?: boolean
}

/** Which failures Sequelize sends a statement again for. */
export interface SequelizeRetry {
  readonly max?: number
  readonly match?: unknown
}

/** What runs when a transaction has been committed. */
export type AfterCommitHook = (transaction: never) => unknown

/** A transaction, or a savepoint in one. */
export interface SequelizeTransaction {
  readonly parent?: SequelizeTransaction | null
  readonly options: { readonly comeback?: unknown }
  commit(): Promise<void>
  rollback(): Promise<void>
  afterCommit(hook: AfterCommitHook): void
}

/** What runs within a transaction. */
export type TransactionWork = (transaction: SequelizeTransaction) => unknown

/** The classes of errors of the Sequelize that an instance is made of. */
export interface SequelizeErrors {
  readonly ConnectionError: new (parent: Error) => Error
  readonly DatabaseError: new (parent: Error, options: { readonly stack: string }) => Error
}

/** A Sequelize instance. */
export interface SequelizeInstance {
  readonly Sequelize: SequelizeErrors & { readonly version: string }
  readonly options: {
    readonly dialect?: unknown
    readonly dialectModule?: unknown
    readonly dialectModulePath?: unknown
    readonly pool?: { readonly validate?: unknown }
    retry?: SequelizeRetry
  }
  readonly dialect: { Query: SequelizeQueryClass }
  readonly connectionManager: SequelizeConnectionManager
  query(sql: unknown, options?: SequelizeQueryOptions | null): Promise<unknown>
  hasHook(hook: string): boolean
  addHook(...args: unknown[]): unknown
  runHooks(hook: string, ...args: unknown[]): Promise<void>
  transaction(options?: unknown, run?: TransactionWork): Promise<unknown>
}

/** Where a connection goes, of all that mysql2 is told. */
export type Destination = Pick<ConnectionOptions, 'host' | 'port' | 'socketPath'>

/** Gives an object a method of its own, as its class would: not listed among its keys, and still replaceable. */
export function setMethod<T extends object, K extends keyof T>(target: T, name: K, method: T[K]): void {
  Object.defineProperty(target, name, {
    value: method,
    configurable: true,
    enumerable: false,
    writable: true,
  })
}
