import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'

/*
 * The slice of mysql2 that is touched, undocumented members included. mysql2's own typings leave most of it out;
 * `self-check.ts` proves at start that the running mysql2 has it.
 */

/** One protocol packet; `offset` moves while it is read, `end` is the end of its payload in `buffer`. */
export interface DriverPacket {
  readonly buffer: Buffer
  offset: number
  readonly end: number
  asError(encoding: string): Error
}

export interface DriverQueue<T> {
  readonly length: number
  shift(): T | undefined
  push(item: T): number
}

export type DriverCallback = (error?: unknown, ...results: unknown[]) => void

/** The options that a caller gave with a statement; what Comeback reads of them. */
export interface StatementOptions {
  readonly sql?: string
  readonly comeback?: unknown
  readonly timeout?: number
  readonly nestTables?: unknown
  readonly rowsAsArray?: unknown
}

/** A query, execute, prepare, ping … as mysql2 queues it. `next` is null until the command has been started. */
export interface DriverCommand extends EventEmitter {
  next: unknown
  onResult?: DriverCallback | undefined
  readonly constructor: DriverCommandClass
  sql?: string | undefined
  /** The text of a Prepare command. */
  readonly query?: string
  /** Under which a Prepare command's statement is kept by its link. */
  readonly key?: string
  readonly values?: unknown
  readonly parameters?: unknown
  statement?: DriverStatement | undefined
  readonly options?: StatementOptions
  readonly _queryOptions?: StatementOptions
  readonly _executeOptions?: StatementOptions
  readonly timeout?: number
  queryTimeout?: NodeJS.Timeout | null
  readonly _resultIndex?: number
  readonly _fieldCount?: number
  _unpipeStream?: () => void
  _handleTimeoutError?: () => void
}

export interface DriverCommandClass {
  readonly name: string
  /** Ping, Quit and Reset take the callback alone. */
  new (optionsOrCallback: unknown, callback?: DriverCallback): DriverCommand
}

/** A prepared statement of one link. */
export interface DriverStatement {
  readonly query: string
  id: number
  parameters?: unknown
  columns?: unknown
  _connection: DriverConnection
}

export interface DriverConfig {
  readonly host?: string
  readonly port?: number
  readonly socketPath?: string
  readonly user?: string
  readonly database?: string
  readonly isServer?: boolean
  readonly stream?: unknown
  readonly connectTimeout?: number
  readonly compress?: boolean
  readonly gracefulEnd?: boolean
  readonly namedPlaceholders?: boolean
  readonly [option: string]: unknown
}

export interface DriverHandshake {
  readonly serverVersion: string
  readonly connectionId: number
}

export interface DriverConnection extends EventEmitter {
  config: DriverConfig
  stream: Socket
  threadId: number | null
  _command: DriverCommand | null | undefined
  _commands: DriverQueue<DriverCommand>
  _paused: boolean
  _closing: boolean | undefined
  _fatalError: Error | null
  _protocolError: Error | null
  _handshakePacket: DriverHandshake | null
  _statements: { get(key: unknown): DriverStatement | undefined }
  _internalId: number
  authorized: boolean
  serverEncoding: string
  clientEncoding: string
  connectTimeout: NodeJS.Timeout | null
  readonly state: string
  addCommand<C extends DriverCommand>(command: C): C
  handlePacket(packet?: DriverPacket): void
  protocolError(message: string, code?: string): void
  _addCommandClosedState(command: DriverCommand): void
  _notifyError(error: Error): void
  _handleFatalError(error: Error): void
  _handleNetworkError(error: Error): void
  write(buffer: Uint8Array): void
  query(sql: unknown, values?: unknown, callback?: DriverCallback): DriverCommand
  execute(sql: unknown, values?: unknown, callback?: DriverCallback): DriverCommand
  prepare(options: unknown, callback?: DriverCallback): DriverCommand
  ping(callback?: DriverCallback): DriverCommand
  connect(callback?: DriverCallback): void
  end(callback?: DriverCallback): unknown
  close(): void
  destroy(): void
  pause(): void
  resume(): void
  promise(promise?: unknown): object
}

export interface DriverPoolConnection extends DriverConnection {
  _pool: DriverPool | null
  _released: boolean
  lastActiveTime: number
  release(): void
  _removeFromPool(): void
  _realEnd(callback?: DriverCallback): unknown
}

export interface DriverPoolConfig {
  readonly connectionConfig: DriverConfig
  readonly connectionLimit: number
  readonly waitForConnections: boolean
  readonly queueLimit: number
  readonly resetOnRelease?: boolean
}

export interface DriverPool extends EventEmitter {
  config: DriverPoolConfig
  _closed: boolean
  _allConnections: DriverQueue<DriverPoolConnection> & { pop(): DriverPoolConnection | undefined }
  _freeConnections: DriverQueue<DriverPoolConnection> & { pop(): DriverPoolConnection | undefined }
  _connectionQueue: DriverQueue<DriverCallback>
  _createConnectionConfig(): DriverConfig
  getConnection(callback: DriverCallback): void
  releaseConnection(connection: DriverPoolConnection): void
  _removeConnection(connection: DriverPoolConnection): void
  _handleSuccessfulRelease(connection: DriverPoolConnection): void
  end(callback?: DriverCallback): void
}

/** Those nodes of a cluster whose names fit a pattern. */
export interface DriverNamespace {
  getConnection(callback: DriverCallback): void
}

/** A cluster of pools. */
export interface DriverPoolCluster extends EventEmitter {
  readonly _closed: boolean
  _nodes: Record<string, { pool: DriverPool }>
  _restoreNodeTimeout: number
  _lastId: number
  add(id: unknown, config?: unknown): void
  of(pattern?: unknown, selector?: unknown): DriverNamespace
  /** Names of the nodes that a pattern means. */
  _findNodeIds(pattern: string, includeOffline: boolean): readonly string[]
  _getConnection(node: unknown, callback: DriverCallback): void
}

/** What Comeback takes from the module `mysql2`. */
export interface Driver {
  readonly Connection: new (options: { config: DriverConfig }) => DriverConnection
  readonly PoolConnection: new (pool: DriverPool, options: { config: DriverConfig }) => DriverPoolConnection
  readonly Pool: new (options: { config: DriverPoolConfig }) => DriverPool
  readonly PoolCluster: new (config?: object) => DriverPoolCluster
  readonly ConnectionConfig: new (options: unknown) => DriverConfig
  createPool(options: unknown): DriverPool
  createPoolClusterPromise(options: object): object
  createQuery(sql: unknown, values: unknown, callback: unknown, config: unknown): DriverCommand
}
