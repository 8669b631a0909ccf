import type { Connection } from 'mysql2'

/*
 * The slice of TypeORM that is touched. `orm-types.test-d.ts` proves that the real one fits.
 */

/** A query runner: holds one connection from its first statement until it is released. */
export interface TypeormRunner {
  /** The application's, and what `save(entity, { data })` was given while it runs. */
  readonly data: { readonly comeback?: unknown }
  readonly isReleased: boolean
  isTransactionActive: boolean
  connect(): Promise<unknown>
  rollbackTransaction(): Promise<void>
}

/** What a subscriber is told of a query runner. */
export interface RunnerEvent {
  readonly queryRunner: TypeormRunner
}

/** What a subscriber is told before a statement. */
export interface BeforeRunnerEvent extends RunnerEvent {
  readonly query: string
}

/** What a subscriber is told after a statement. */
export interface AfterRunnerEvent extends BeforeRunnerEvent {
  readonly success: boolean
  readonly error?: unknown
}

/** The part of TypeORM's options that is read. */
export interface TypeormConfig {
  readonly type?: unknown
  readonly driver?: unknown
  readonly connectorPackage?: unknown
  readonly subscribers?: unknown
  readonly cache?: unknown
}

/** What mysql2 calls when a statement has ended. */
export type StatementCallback = (error: unknown, ...results: unknown[]) => void

/** A connection as TypeORM uses it: the text or an options object, values, and a callback unless it streams. */
export interface TypeormConnection extends Omit<Connection, 'query'> {
  query: (...args: unknown[]) => unknown
}
