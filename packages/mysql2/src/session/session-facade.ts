import { EventEmitter } from 'node:events'
import { nextTick } from 'node:process'
import { driver } from '../driver/driver.js'
import type {
  DriverCallback,
  DriverCommand,
  DriverConfig,
  DriverConnection,
  DriverPacket,
  DriverPool,
  DriverPoolConnection,
} from '../driver/driver-types.js'
import { failCommand } from '../link/command.js'
import { closedByApplication } from '../link/loss-reason.js'
import { close } from './closing.js'
import { SessionCore } from './session-core.js'
import type { SessionSettings } from './session-settings.js'
import { whenReady } from './when-ready.js'

/** Where a session keeps its engine; shared by the ESM and the CommonJS copy. */
export const CORE: unique symbol = Symbol.for('comeback.mysql2.session') as never

/** A session as ORMs hold it: looks like mysql2's connection in every respect, outlives its links. */
export interface Session extends DriverPoolConnection {
  readonly [CORE]: SessionCore
}

/** The engine of a connection that Comeback made, or undefined for any other value. */
export function sessionCore(connection: unknown): SessionCore | undefined {
  if (typeof connection !== 'object' || connection === null) return undefined
  return (connection as { [CORE]?: SessionCore })[CORE]
}

/** What pools and ORMs read (and some write) on a connection; it belongs to the link of the moment. */
const LINK_FIELDS = [
  'stream',
  'threadId',
  'authorized',
  'serverEncoding',
  'clientEncoding',
  'serverCapabilityFlags',
  'sequenceId',
  'compressedSequenceId',
  'connectTimeout',
  'packetParser',
  '_command',
  '_commands',
  '_paused',
  '_paused_packets',
  '_handshakePacket',
  '_fatalError',
  '_protocolError',
  '_statements',
  '_internalId',
  '_isMariaDB',
  '_mariadbExtendedMetadata',
  '_outOfOrderPackets',
]

type Fields = Record<string, unknown>

/**
 * What the pools of ORMs ask of a connection each time that it leaves them, written out: V8 notes for each function what it finds,
 * and the function below finds something else under each name.
 */
const ASKED_AT_CHECKOUT: Readonly<Record<string, (this: Session) => unknown>> = {
  stream() {
    return this[CORE].link?.stream ?? null
  },
  _fatalError() {
    return this[CORE].link?._fatalError ?? null
  },
  _protocolError() {
    return this[CORE].link?._protocolError ?? null
  },
}

function linkField(name: string): PropertyDescriptor {
  return {
    configurable: true,
    get:
      ASKED_AT_CHECKOUT[name] ??
      function get(this: Session): unknown {
        const { link } = this[CORE]
        return link === null ? null : (link as unknown as Fields)[name]
      },
    set(this: Session, value: unknown) {
      const { link } = this[CORE]
      if (link !== null) (link as unknown as Fields)[name] = value
    },
  }
}

/** The methods in which a session differs from mysql2's connection; everything else is mysql2's own, called as it is. */
const overrides = {
  addCommand(this: Session, command: DriverCommand): DriverCommand {
    return this[CORE].submit(command)
  },
  connect(this: Session, callback?: DriverCallback): void {
    if (callback !== undefined) whenReady(this[CORE], callback)
  },
  close(this: Session): void {
    close(this[CORE])
    this.addCommand = this._addCommandClosedState as Session['addCommand']
  },
  pause(this: Session): void {
    this[CORE].link?.pause()
  },
  resume(this: Session): void {
    this[CORE].link?.resume()
  },
  // As with `_closing`: `resume()` of mysql2's own class hands packets on that came meanwhile.
  handlePacket(this: Session, packet?: DriverPacket): void {
    this[CORE].link?.handlePacket(packet)
  },
  // The application's own mistake, told as mysql2 tells it; but a command that has somebody listening fails as a command.
  _addCommandClosedState(this: Session, command: DriverCommand): DriverCommand {
    if (typeof command.onResult === 'function' || command.listenerCount('error') === 0) {
      driver.Connection.prototype._addCommandClosedState.call(this, command)
    } else {
      nextTick(failCommand, command, closedByApplication(), () => undefined)
    }
    return command
  },
}

/** Ways in which mysql2 gives a connection up. Whoever calls them on a session speaks of its link of the moment. */
const LINK_FAILURES = [
  'protocolError',
  '_handleFatalError',
  '_handleNetworkError',
  '_handleTimeoutError',
  '_notifyError',
]

function linkFailure(name: string): PropertyDescriptor {
  return {
    configurable: true,
    writable: true,
    value(this: Session, ...args: readonly unknown[]): void {
      const link = this[CORE].link as Record<
        string,
        ((...args: readonly unknown[]) => void) | undefined
      > | null
      link?.[name]?.(...args)
    },
  }
}

function closingField(): PropertyDescriptor {
  return {
    configurable: true,
    get(this: Session): boolean | undefined {
      return this[CORE].isClosed || (this[CORE].link?._closing ?? undefined)
    },
    // mysql2's promise flavour calls `close()` of mysql2's own class, which does this.
    set(this: Session, value: boolean) {
      if (value) close(this[CORE])
    },
  }
}

type Flavour = new (connection: Session, promise: unknown) => object

/**
 * mysql2's own looks its class up with `require` at each call, and TypeORM calls it for each statement. Once something has
 * loaded `mysql2/promise`, that is a search on the disk each time.
 */
function promiseMethod(own: (this: Session, promise?: unknown) => object): PropertyDescriptor {
  let flavour: Flavour | undefined
  return {
    configurable: true,
    writable: true,
    value(this: Session, promise?: unknown): object {
      if (flavour !== undefined) return new flavour(this, promise)
      const made = own.call(this, promise)
      flavour = made.constructor as Flavour
      return made
    },
  }
}

/** Gives a class mysql2's prototype without running mysql2's constructor, which would open a socket. */
function inherit(
  target: { readonly prototype: object },
  base: { readonly prototype: DriverConnection },
): void {
  Object.setPrototypeOf(target.prototype, base.prototype)
  for (const [name, value] of Object.entries(overrides)) {
    Object.defineProperty(target.prototype, name, { configurable: true, writable: true, value })
  }
  for (const name of LINK_FIELDS) Object.defineProperty(target.prototype, name, linkField(name))
  for (const name of LINK_FAILURES) Object.defineProperty(target.prototype, name, linkFailure(name))
  Object.defineProperty(target.prototype, '_closing', closingField())
  Object.defineProperty(target.prototype, 'promise', promiseMethod(base.prototype.promise))
}

class ConnectionSession extends EventEmitter {
  readonly config: DriverConfig
  readonly [CORE]: SessionCore

  constructor(config: DriverConfig, settings: SessionSettings) {
    super()
    this.config = config
    this[CORE] = new SessionCore(this as unknown as Session, config, settings)
  }
}
inherit(ConnectionSession, driver.Connection)

class PooledSession extends EventEmitter {
  readonly config: DriverConfig
  readonly [CORE]: SessionCore
  _pool: DriverPool | null
  _released = false
  lastActiveTime: number = Date.now()

  constructor(pool: DriverPool, config: DriverConfig, settings: SessionSettings) {
    super()
    this._pool = pool
    this.config = config
    const leave = (): void => (this as unknown as Session)._removeFromPool()
    this.once('end', leave)
    this.once('error', leave)
    this[CORE] = new SessionCore(this as unknown as Session, config, settings)
  }
}
inherit(PooledSession, driver.PoolConnection)

/** A session of its own, as `createConnection` gives it; its first link is opened at once. */
export function createSession(config: DriverConfig, settings: SessionSettings): Session {
  const session = new ConnectionSession(config, settings) as unknown as Session
  session[CORE].open()
  return session
}

/** A session that belongs to a pool. */
export function createPooledSession(
  pool: DriverPool,
  config: DriverConfig,
  settings: SessionSettings,
): Session {
  const session = new PooledSession(pool, config, settings) as unknown as Session
  session[CORE].open()
  return session
}
