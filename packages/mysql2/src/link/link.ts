import type { Evidence, ServerFlavour, SessionChange } from '@comeback/core'
import { systemClock } from '@comeback/core'
import { commandClasses, driver } from '../driver/driver.js'
import type { DriverCommand, DriverConfig, DriverPacket } from '../driver/driver-types.js'
import { EOF, EOF_LIMIT, ERR, eofStatus, OK, okStatus, sessionChange } from './answer-packet.js'
import { failCommand, hasDelivered, hasStarted } from './command.js'

/** What became of a link's commands when it was lost. */
export interface Loss {
  readonly error: Error
  /** The command that was running, if any. */
  readonly running: DriverCommand | undefined
  /** What is known of the running command. */
  readonly evidence: Evidence
  /** Whether rows of its answer have already been given to the caller. */
  readonly delivered: boolean
  /** Commands behind it in the queue: certainly never sent. */
  readonly queued: readonly DriverCommand[]
}

/** Whoever holds a link and is told what the server says: a session, or a one-time task. */
export interface LinkOwner {
  /** Status flags of an OK or EOF packet, intermediate results included. */
  statusFlags(flags: number): void
  /** The server reported changed session state. */
  sessionChanged(change: SessionChange): void
  /** A command has been answered with success. On the good path: called for every statement. */
  succeeded(command: DriverCommand): void
  /** A command has been answered with an error that stays the caller's. */
  failed(command: DriverCommand): void
  /** Whether an error that the server answered means that this link is of no more use, so that it must not reach the caller. */
  endsLink(command: DriverCommand, error: Error): boolean
  lost(link: Link, loss: Loss): void
  /** A handle of a statement that was prepared on this link was executed or closed; the link may be dead by now. */
  fromHandle(link: Link, command: DriverCommand): void
  /** A command was handed to the link after it had died or been closed. */
  refused(command: DriverCommand): void
}

/** Commands of a link that nobody owns yet: the handshake (whose failure mysql2 announces) and our own set-up. */
function failUnowned(command: DriverCommand, error: Error): void {
  if (typeof command.onResult === 'function') failCommand(command, error, () => undefined)
}

function protocolFailure(message: string, code: string, cause?: unknown): Error {
  return Object.assign(new Error(message, cause === undefined ? undefined : { cause }), { fatal: true, code })
}

/** Whether a packet promised more bytes than it has. */
function isReadBeyondEnd(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return error instanceof RangeError && (code === 'ERR_OUT_OF_RANGE' || code === 'ERR_BUFFER_OUT_OF_BOUNDS')
}

const { now } = systemClock
const resultsetHeader = (commandClasses.Query.prototype as { resultsetHeader: unknown }).resultsetHeader
const { Prepare } = commandClasses

/**
 * One physical connection: mysql2's own, with two things added. It watches the packets that mysql2 drops (status flags,
 * session changes), and when it dies it hands its commands to its owner instead of failing them.
 */
export class Link extends driver.Connection {
  owner: LinkOwner | null = null
  /** Set once the link is of no more use; the first error that said so. */
  deathCause: Error | undefined = undefined
  /** The server's status flags at login: how it sets autocommit by itself. */
  loginFlags: number | undefined = undefined
  /** When its last command ended, by the monotonic clock. */
  idleSince: number = now()
  readonly openedAt: number = now()
  /** When it was last seen alive by a peek or a ping. */
  vettedAt: number = now()
  /**
   * The idle period (its beginning) in which a ping has fallen due; -Infinity for none. That is no whole number, which V8 would take
   * for the kind of the field: the first time of day in it would then give all links another shape, and their code would be compiled again.
   */
  pingDueSince: number = Number.NEGATIVE_INFINITY
  /** The life of the server in which it was opened; see core's poison guard. */
  life = 0
  /** When it is old enough to be replaced at the next checkout. */
  expiresAt: number = Number.POSITIVE_INFINITY
  /** Commands that have ended; that it stands still while one is running tells the watchdog to look. */
  ended = 0
  /** The supervisor's generation in which this link was last known to be good. */
  generation = 0
  #packets = 0
  #bytesAtStart = 0
  /** A part of the running command's request was not taken by the socket. */
  #isUnwritten = false

  constructor(config: DriverConfig) {
    super({ config })
    // Every loss reaches the owner through `_notifyError`; an unheard 'error' event would end the process.
    this.on('error', () => undefined)
  }

  get flavour(): ServerFlavour {
    const version = this._handshakePacket?.serverVersion
    if (version === undefined) return 'unknown'
    return /mariadb/i.test(version) ? 'mariadb' : 'mysql'
  }

  /** What two turns of the event loop have made visible of the socket; see `peek` in core. */
  get looksAlive(): boolean {
    const { stream } = this
    return (
      this.deathCause === undefined &&
      !this._closing &&
      !stream.destroyed &&
      stream.writable &&
      !stream.readableEnded
    )
  }

  // Called for every row: most packets leave it early.
  override handlePacket(packet?: DriverPacket): void {
    const command = this._command
    if (packet === undefined || this._paused || command === null || command === undefined) {
      super.handlePacket(packet)
      return
    }
    const start = packet.offset
    this.#packets += 1
    try {
      if (packet.buffer[start] === ERR && this.#endedBy(command, packet, start)) return
      super.handlePacket(packet)
      const isEnded = this._command !== command
      if (!isEnded && command.next !== resultsetHeader) return
      if (this.deathCause !== undefined) return
      if (isEnded) this.#commandEnded(command, packet, start)
      else this.#readStatus(packet, start)
    } catch (error) {
      // mysql2 lets it end the process. What the application's own event handlers throw is left alone.
      if (!isReadBeyondEnd(error)) throw error
      this.condemn(protocolFailure('Malformed packet', 'PROTOCOL_ERROR', error))
    }
  }

  /** Handles an error packet that ends the link: its command goes to the owner with that error. */
  #endedBy(command: DriverCommand, packet: DriverPacket, start: number): boolean {
    const { owner } = this
    if (owner === null || this.deathCause !== undefined) return false
    const error = packet.asError(this.clientEncoding)
    packet.offset = start
    if (owner.endsLink(command, error)) {
      // Whatever the answer says: what was being prepared has not been executed.
      this.condemn(error, command.constructor === Prepare ? 'lost-in-prepare' : 'answered')
      return true
    }
    owner.failed(command)
    return false
  }

  #commandEnded(command: DriverCommand, packet: DriverPacket, start: number): void {
    this.ended += 1
    this.#packets = 0
    this.#isUnwritten = false
    this.#bytesAtStart = this.stream.bytesRead
    if (this._command === null || this._command === undefined) this.idleSince = now()
    if (packet.buffer[start] === ERR) return
    // The answer to a Prepare starts like an OK packet and is none.
    if (command.constructor !== Prepare) this.#readStatus(packet, start)
    this.owner?.succeeded(command)
  }

  #readStatus(packet: DriverPacket, start: number): void {
    const { owner } = this
    const { buffer, end } = packet
    if (owner === null) {
      if (buffer[start] === OK) this.loginFlags ??= okStatus(buffer, start)
    } else if (buffer[start] === EOF && end - start < EOF_LIMIT) owner.statusFlags(eofStatus(buffer, start))
    else if (buffer[start] === OK) {
      owner.statusFlags(okStatus(buffer, start))
      const change = sessionChange(buffer, start, end)
      if (change !== undefined) owner.sessionChanged(change)
    }
  }

  /** Gives the link up for `error`: its commands go to the owner, its socket is closed at once. */
  condemn(error: Error, evidence?: Evidence): void {
    if (this.deathCause !== undefined) return
    this.#deathEvidence = evidence
    this._handleFatalError(error)
    this.stream.destroy()
  }

  #deathEvidence: Evidence | undefined = undefined

  // mysql2 announces a packet out of place as an event and lets the running command wait for ever.
  override protocolError(message: string, code?: string): void {
    if (this._closing) return
    this.condemn(protocolFailure(message, code ?? 'PROTOCOL_ERROR'))
  }

  // The one place through which mysql2 fails the commands of a connection that died.
  override _notifyError(error: Error): void {
    if (this.deathCause !== undefined || this._fatalError) return
    this.deathCause = error
    const running = this._command ?? undefined
    const queued: DriverCommand[] = []
    for (let next = this._commands.shift(); next !== undefined; next = this._commands.shift())
      queued.push(next)
    const evidence = this.#proof(running)
    const delivered = running !== undefined && hasDelivered(running, this.#packets)
    this._command = null
    super._notifyError(error)
    this.stream.destroy()
    if (this.owner !== null) this.owner.lost(this, { error, running, evidence, delivered, queued })
    else
      for (const command of running === undefined ? queued : [running, ...queued]) failUnowned(command, error)
  }

  // As mysql2's own. Only the write itself knows that it failed: an error of the socket says nothing of what went before.
  override write(buffer: Uint8Array): void {
    const isTaken = this.stream.write(buffer, error => {
      if (!error) return
      this.#isUnwritten = true
      this._handleNetworkError(error)
    })
    if (!isTaken) this.stream.emit('pause')
  }

  // Handles of prepared statements know their link only. What they are asked goes the way of all statements.
  override addCommand<C extends DriverCommand>(command: C): C {
    // While mysql2's constructor runs, there is no such field yet.
    if (!this.owner) return super.addCommand(command)
    this.owner.fromHandle(this, command)
    return command
  }

  /** Queues a command, as mysql2's own `addCommand` does. */
  take(command: DriverCommand): void {
    if (this.deathCause === undefined && !this._closing) super.addCommand(command)
    else if (this.owner === null) super._addCommandClosedState(command)
    else this.owner.refused(command)
  }

  // Dead or closed: mysql2 has put this in the place of `addCommand`.
  override _addCommandClosedState(command: DriverCommand): void {
    if (this.owner === null) super._addCommandClosedState(command)
    else this.owner.fromHandle(this, command)
  }

  /** What was seen by whoever gave the link up; but what had been sent by then may have run, however dead the link is now. */
  #proof(running: DriverCommand | undefined): Evidence {
    const seen = this.#deathEvidence
    const isSent = running !== undefined && hasStarted(running)
    return seen === undefined || (seen === 'dead-before-send' && isSent) ? this.#evidence(running) : seen
  }

  #evidence(running: DriverCommand | undefined): Evidence {
    if (!this.authorized) return 'refused'
    if (running === undefined || !hasStarted(running)) return 'queued-never-sent'
    if (running.constructor === Prepare) return 'lost-in-prepare'
    if (this.#packets > 0 || this.stream.bytesRead > this.#bytesAtStart) return 'partial-answer'
    // A packet that was not taken whole is never run by the server.
    return this.#isUnwritten ? 'write-failed' : 'no-answer'
  }
}
