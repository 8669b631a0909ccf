import type { Policy } from '@comeback/core'
import type { ConnectionConfig } from '../database/index.js'

/** One transaction that the test holds in its hand, in the idiom of the stack. */
export interface ContractTransaction {
  write(value: string): Promise<unknown>
  read(value: string): Promise<unknown[]>
  raw(sql: string): Promise<unknown>
  commit(): Promise<unknown>
  rollback(): Promise<unknown>
}

/** An open client of a stack: what the contract is told to. All statements are about the table `facts (id, value)`. */
export interface ContractClient {
  read(value: string): Promise<unknown[]>
  write(value: string): Promise<unknown>
  /** Through a server-side prepared statement; undefined where the stack has none. */
  preparedWrite?(value: string): Promise<unknown>
  /** Any statement, outside a transaction. */
  raw(sql: string): Promise<unknown>
  /** Rows one by one; undefined where the stack has no streams. */
  stream?(sql: string): AsyncIterable<unknown>
  /** The stack's own way to run a function in a transaction. */
  transaction<T>(run: (trx: Pick<ContractTransaction, 'write' | 'read' | 'raw'>) => Promise<T>): Promise<T>
  begin(): Promise<ContractTransaction>
  /** A write that the caller declares idempotent, in the stack's own idiom. */
  idempotentWrite(value: string): Promise<unknown>
  close(): Promise<void>
}

export interface OpenOptions {
  readonly config: ConnectionConfig
  /** How many connections its pool may have. */
  readonly slots: number
  readonly policy?: Policy
}

/** A library, with Comeback under it or without. */
export interface Stack {
  readonly name: string
  /** Whether it can be told to use a server-side prepared statement. */
  readonly prepares: boolean
  /**
   * Whether it can be seen which flow of the program began a transaction. Not where the library begins it in a function of its
   * own, out of which nothing leads to the caller.
   */
  readonly tellsFlowsApart: boolean
  /** Whether code of the application runs between the statements of a transaction. Default: it does. Not where it hands over a list. */
  readonly interactive?: boolean
  /** Whether it can give rows one by one. Default: it can. */
  readonly streams?: boolean
  /** Whether a client that was closed opens again with its next statement. Default: it does not. */
  readonly reopens?: boolean
  open(options: OpenOptions): Promise<ContractClient>
}
