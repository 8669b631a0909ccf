import type { Connection, ConnectionOptions } from 'mysql2/promise'

/** The two families of server that the tests run on. */
export type Flavour = 'mariadb' | 'mysql'

/** A server program that was found or fetched. */
export interface ServerBinary {
  readonly kind: 'binary'
  readonly flavour: Flavour
  /** As the program itself prints it, for instance `10.11.18`. */
  readonly version: string
  readonly path: string
  /** Where it came from, in words for the reader of a test run. */
  readonly origin: string
}

/** A running throw-away server that somebody else started, named by a `mysql://` URL. */
export interface ServerUrl {
  readonly kind: 'url'
  readonly flavour: Flavour
  readonly version: string
  readonly url: string
  readonly origin: string
}

export type FoundServer = ServerBinary | ServerUrl

/** What `mysql2.createConnection` and `createPool` take. */
export interface ConnectionConfig {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export interface StartOptions {
  /** Default: the flavour of the server that is found first, MariaDB on a fresh machine. */
  readonly flavour?: Flavour
  /**
   * Extra server flags, for instance `['--wait-timeout=2']`. They come last and so override the launcher's
   * own.
   */
  readonly flags?: readonly string[]
  /** How long the server may take until it answers a query. Default 60000, bounds 1 to 600000. */
  readonly startTimeoutMs?: number
}

/** One row of `SHOW FULL PROCESSLIST`. */
export interface ProcessRow {
  readonly id: number
  readonly user: string
  /** `address:port` of the client. */
  readonly host: string
  readonly database: string | null
  readonly command: string
  readonly timeS: number
  readonly state: string | null
  /** The statement being run. */
  readonly info: string | null
}

/**
 * A stock mysql2 helper beside the thing under test. Every call opens its own connection (over the server's
 * socket file where there is one) and closes it, so it works through restarts and leaves nothing in the
 * process list.
 */
export interface Admin {
  /** Runs one statement and gives its rows; an empty list when the statement has none. */
  query<Row extends object = Record<string, unknown>>(
    sql: string,
    values?: readonly unknown[],
  ): Promise<Row[]>
  /** `KILL CONNECTION threadId`. */
  kill(threadId: number): Promise<void>
  /** Kills every client connection except those of the helper; gives their thread ids. */
  killAll(): Promise<number[]>
  /** The client connections, without the helper's own and without the server's internal threads. */
  processlist(): Promise<ProcessRow[]>
  /** A stock connection as the administrator, for a session that is to stay open; the caller ends it. */
  connect(options?: ConnectionOptions): Promise<Connection>
}

/** A private throw-away server. */
export interface Server extends AsyncDisposable {
  readonly flavour: Flavour
  readonly version: string
  readonly host: string
  readonly port: number
  /** The server's socket file; undefined for a server named by URL. */
  readonly socketPath: string | undefined
  /** The server's process id; undefined while it is down and for a server named by URL. */
  readonly pid: number | undefined
  /** The `app` user with a password and all rights on the database `test`. */
  readonly config: ConnectionConfig
  /** `root` without a password. */
  readonly rootConfig: ConnectionConfig
  /** `config` as a `mysql://` URL. */
  readonly url: string
  readonly admin: Admin
  /** False for a server named by URL: `kill9`, `start`, `restart`, `freeze` and `thaw` then throw. */
  readonly breakable: boolean
  /** Kills the process with SIGKILL and resolves when it is gone. */
  kill9(): Promise<void>
  /** Starts it again on the same port and data, after `kill9`. */
  start(): Promise<void>
  /** Stops and starts on the same port and data. `graceful` (default true) is SIGTERM, else SIGKILL. */
  restart(options?: { readonly graceful?: boolean }): Promise<void>
  /** SIGSTOP: the kernel still accepts connections and data, nobody answers. */
  freeze(): Promise<void>
  /** SIGCONT. */
  thaw(): Promise<void>
  /** Kills the server and removes its folder. May be called more than once. */
  stop(): Promise<void>
  /** What the server has written to its error log so far. */
  log(): Promise<string>
}
