import { type ProcessStamp, processStamp, type ServerFlavour } from '@comeback/core'
import type { PrismaAdapter } from './orm-types.js'

/** What is touched of a connection of the mariadb connector's pool. */
interface ConnectorConnection {
  isValid(): boolean
  serverVersion(): string
  /** Gives it back; one of a pool that is closed says goodbye and closes its socket. */
  end(): unknown
}

/** What is touched of the mariadb connector's pool. */
interface ConnectorPool {
  on(event: 'acquire', hear: (connection: ConnectorConnection) => void): unknown
  off(event: 'acquire', hear: (connection: ConnectorConnection) => void): unknown
}

/** Before the connector's pool, which waits 10 s for the connections that are in use, ends them its own way. */
const BEFORE_POOL_MS = 9_000

/** The pool that Prisma's adapter shows as its driver; another adapter may show something else, or nothing. */
function poolOf(adapter: PrismaAdapter): ConnectorPool | undefined {
  const { underlyingDriver } = adapter as { underlyingDriver?(): unknown }
  if (typeof underlyingDriver !== 'function') return undefined
  const driver = underlyingDriver.call(adapter)
  const isPool =
    typeof driver === 'object' &&
    driver !== null &&
    'on' in driver &&
    'off' in driver &&
    'activeConnections' in driver
  return isPool ? (driver as ConnectorPool) : undefined
}

/**
 * What can be known and done from above about the pool of an adapter that is not ours.
 *
 * A connection that is still in use 10 s after its pool was ended is destroyed by the pool: its thread is killed over a second
 * connection, and the failure of that ("Unknown thread id", when the thread had died unnoticed) is caught by nobody and ends the process.
 * A connection that is given back before is closed without.
 */
export class GivenPool {
  /** Which server it has connections to; `unknown` until one was used, or when the adapter does not tell. */
  flavour: ServerFlavour = 'unknown'
  /** Where it was made: the sockets are of no use elsewhere. */
  readonly stamp: ProcessStamp = processStamp()
  readonly #connections: Set<ConnectorConnection> = new Set()
  #isEnded = false
  readonly #abandon: Set<(error: Error) => void> = new Set()

  readonly #pool: ConnectorPool | undefined
  readonly #hear = (connection: ConnectorConnection): void => {
    if (!this.#connections.has(connection)) this.#meet(connection)
  }

  constructor(adapter: PrismaAdapter) {
    this.#pool = poolOf(adapter)
    this.#pool?.on('acquire', this.#hear)
  }

  #meet(connection: ConnectorConnection): void {
    for (const known of this.#connections) if (!known.isValid()) this.#connections.delete(known)
    this.#connections.add(connection)
    this.flavour = /mariadb/i.test(connection.serverVersion()) ? 'mariadb' : 'mysql'
  }

  /** Whether the application has disconnected, so that nothing can be sent again. */
  get isEnded(): boolean {
    return this.#isEnded
  }

  /** Sends something; it fails when its connection is closed by {@link end} before there is an answer. */
  async send<T>(send: () => Promise<T>): Promise<T> {
    let abandon: (error: Error) => void = () => undefined
    const abandoned = new Promise<never>((_, reject) => {
      abandon = reject
    })
    this.#abandon.add(abandon)
    try {
      return await Promise.race([send(), abandoned])
    } finally {
      this.#abandon.delete(abandon)
    }
  }

  /** Ends the pool by the adapter's own means, and what the pool would have to destroy before. */
  async end(dispose: () => Promise<void>): Promise<void> {
    this.#isEnded = true
    const timer = setTimeout(() => this.#giveUp(), BEFORE_POOL_MS)
    try {
      await dispose()
    } finally {
      clearTimeout(timer)
      // A pool that the application has made lives on, and may be given to another adapter.
      this.#pool?.off('acquire', this.#hear)
      this.#connections.clear()
    }
  }

  #giveUp(): void {
    for (const connection of this.#connections) connection.end()
    // What was under way on them is told by nobody else.
    for (const abandon of this.#abandon) {
      abandon(
        Object.assign(new Error('The client was disconnected.'), { code: 'ECONNRESET', syscall: 'read' }),
      )
    }
  }
}
