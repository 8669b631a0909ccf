import { tracingChannel } from 'node:diagnostics_channel'
import { nextTick } from 'node:process'
import { isDatabaseUnavailable, systemClock } from '@comeback/core'
import { driver } from '../driver/driver.js'
import type {
  DriverCallback,
  DriverConfig,
  DriverPool,
  DriverPoolConfig,
  DriverPoolConnection,
} from '../driver/driver-types.js'
import { checkIn, checkOut, checkOutAtOnce, isExpired } from '../session/checkout.js'
import { dispose } from '../session/closing.js'
import { CORE, createPooledSession, type Session } from '../session/session-facade.js'
import type { LinkSupervisor } from '../supervisor/link-supervisor.js'

const { now } = systemClock
const connectChannel = tracingChannel<'mysql2:pool:connect', object>('mysql2:pool:connect')

function serverContext(config: DriverConfig): object {
  const { socketPath, host, port, database } = config
  return socketPath
    ? { database: database ?? '', serverAddress: socketPath, serverPort: undefined }
    : { database: database ?? '', serverAddress: host ?? 'localhost', serverPort: port ?? 3306 }
}

/** A caller that waits for a connection, and since when. */
interface Waiter extends DriverCallback {
  since?: number
}

/**
 * mysql2's pool with sessions in it. Nothing dead is handed out: an idle session is looked at before it is given away,
 * and one that is dead, poisoned or too old is dropped, so that the application's `connection` handlers run for its successor.
 */
export class SessionPool extends driver.Pool {
  readonly #supervisor: LinkSupervisor
  readonly #firstLinkMs: (() => number) | undefined

  /** `firstLinkMs` says how long a caller waits for a new session, where there are other pools to turn to. */
  constructor(config: DriverPoolConfig, supervisor: LinkSupervisor, firstLinkMs?: () => number) {
    super({ config })
    this.#supervisor = supervisor
    this.#firstLinkMs = firstLinkMs
  }

  override getConnection(callback: DriverCallback): void {
    const context = this.config.connectionConfig
    if (connectChannel.hasSubscribers) {
      connectChannel.traceCallback(
        (done: DriverCallback) => this.#acquire(done),
        0,
        serverContext(context),
        undefined,
        callback,
      )
    } else this.#acquire(callback)
  }

  #acquire(callback: Waiter): void {
    if (this._closed) {
      nextTick(callback, new Error('Pool is closed.'))
      return
    }
    const idle = this._freeConnections.pop() as Session | undefined
    if (idle !== undefined) this.#handOut(idle, callback)
    else if (this.#hasRoom) this.#create(callback)
    else this.#enqueue(callback)
  }

  get #hasRoom(): boolean {
    const { connectionLimit } = this.config
    return connectionLimit === 0 || this._allConnections.length < connectionLimit
  }

  #enqueue(callback: Waiter): void {
    const { waitForConnections, queueLimit } = this.config
    if (!waitForConnections) {
      nextTick(callback, new Error('No connections available.'))
    } else if (queueLimit && this._connectionQueue.length >= queueLimit) {
      callback(new Error('Queue limit reached.'))
    } else {
      callback.since ??= now()
      this.emit('enqueue')
      this._connectionQueue.push(callback)
    }
  }

  /** Gives an idle session to a caller, or drops it and goes on looking. */
  #handOut(session: Session, callback: Waiter): void {
    const core = session[CORE]
    const at = now()
    if (isExpired(core, at)) {
      this.#drop(session)
      this.#acquire(callback)
      return
    }
    if (checkOutAtOnce(core, at)) {
      this.emit('acquire', session)
      nextTick(() => {
        session._released = false
        callback(null, session)
      })
      return
    }
    checkOut(core, isSound => {
      if (!isSound || this._closed) {
        this.#drop(session)
        this.#acquire(callback)
        return
      }
      this.emit('acquire', session)
      session._released = false
      callback(null, session)
    })
  }

  #create(callback: Waiter): void {
    const session = createPooledSession(this, this._createConnectionConfig(), {
      supervisor: this.#supervisor,
      firstLinkMs: this.#firstLinkMs,
      keeper: 'mysql2-pool',
    })
    this._allConnections.push(session)
    session.connect(error => {
      if (this._closed) callback(new Error('Pool is closed.'))
      else if (error) {
        this.#failLateWaiters(error)
        callback(error)
      } else {
        this.emit('connection', session)
        this.emit('acquire', session)
        callback(null, session)
      }
    })
  }

  /** Callers that have waited as long for a slot as the one that has just failed must not begin to wait anew. */
  #failLateWaiters(error: unknown): void {
    if (!isDatabaseUnavailable(error)) return
    const { maxWaitMs } = this.#supervisor.policy.outage
    const patienceMs = Math.min(maxWaitMs, this.#firstLinkMs?.() ?? maxWaitMs)
    const late = now() - patienceMs
    for (let left = this._connectionQueue.length; left > 0; left -= 1) {
      const waiter = this._connectionQueue.shift() as Waiter | undefined
      if (waiter === undefined) break
      // A waiter joined a little after the caller that has just given up; half the time is close enough.
      if ((waiter.since ?? 0) <= late + patienceMs / 2) nextTick(waiter, error)
      else this._connectionQueue.push(waiter)
    }
  }

  override releaseConnection(connection: DriverPoolConnection): void {
    const core = (connection as Session)[CORE]
    if (connection._pool !== null && !checkIn(core)) this.#drop(connection as Session)
    else super.releaseConnection(connection)
  }

  // Somebody waits: he gets the session as everybody does, and not behind the session's back.
  override _handleSuccessfulRelease(connection: DriverPoolConnection): void {
    const waiter = this._connectionQueue.shift()
    if (waiter === undefined) super._handleSuccessfulRelease(connection)
    else this.#handOut(connection as Session, waiter)
  }

  #drop(session: Session): void {
    session._removeFromPool()
    dispose(session[CORE])
  }

  override end(callback?: DriverCallback): void {
    super.end((error: unknown) => {
      this.#supervisor.close()
      if (callback !== undefined) callback(error)
      else if (error) throw error
    })
  }
}

/** What mysql2 makes of pool options, which it does through an unexported class: a pool of its own, ended at once. */
export function poolConfig(options: unknown): DriverPoolConfig {
  const stock: DriverPool = driver.createPool(options)
  const { config } = stock
  stock.end(() => undefined)
  return config
}
