import { nextTick } from 'node:process'
import {
  createEventRing,
  currentAnnotation,
  type EventRing,
  type LostTransactionError,
  type QuotingModes,
  type SessionChange,
  SessionTracker,
  statementFacts,
  systemClock,
} from '@comeback/core'
import { commandClasses } from '../driver/driver.js'
import type { DriverCallback, DriverCommand, DriverConfig } from '../driver/driver-types.js'
import { pairUp } from '../link/command.js'
import type { Link, LinkOwner, Loss } from '../link/link.js'
import { isOurs } from '../link/link-query.js'
import { closedByApplication } from '../link/loss-reason.js'
import { requestBytes } from '../link/request-size.js'
import type { LinkSupervisor } from '../supervisor/link-supervisor.js'
import { refuse } from './abandon.js'
import { quit, quitWithoutLink } from './closing.js'
import { watchCommand } from './command-deadline.js'
import { notesOf } from './command-notes.js'
import { failLater } from './fail-later.js'
import { judge, startsAfresh } from './judge.js'
import { sendLarge } from './large-request.js'
import { look, needsLook } from './look.js'
import { clearPoison, failPoison, isPoison } from './poison.js'
import { belongsElsewhere, bindTo, isBoundElsewhere, prepareAgain } from './prepared.js'
import { ReadAhead } from './read-ahead.js'
import { recoverHeld, recoverLoss } from './recovery.js'
import { reopen } from './reopen.js'
import type { Session } from './session-facade.js'
import type { Gate, SessionKeeper, SessionSettings } from './session-settings.js'
import { SessionSharing } from './sharing.js'

const { Prepare, Execute, Quit } = commandClasses

/** Status flag: a backslash in a string is a backslash. */
const NO_BACKSLASH_ESCAPES = 0x0200
const BACKSLASH_ESCAPES: QuotingModes = Object.freeze({ noBackslashEscapes: false })
const NO_ESCAPES: QuotingModes = Object.freeze({ noBackslashEscapes: true })
const { now } = systemClock
const UNLIMITED = (): number => Number.POSITIVE_INFINITY

/** The engine of one session: lets statements through to its link while that is sound, and holds them while it is not. */
export class SessionCore implements LinkOwner {
  link: Link | null = null
  gate: Gate = 'opening'
  held: DriverCommand[] = []
  /** The error of a transaction that was lost and has not been rolled back by the application. */
  poison: LostTransactionError | undefined = undefined
  /** How the server reads strings at the moment, by its own word. */
  quoting: QuotingModes = BACKSLASH_ESCAPES
  /** Whether the application has this session in hand. */
  inUse = true
  /** Whether a pool may hand it out again. */
  isFit = true
  readonly tracker: SessionTracker = new SessionTracker()
  readonly #readAhead = new ReadAhead()
  /** Ends the pause before the next link; set while there is one. */
  endPause: (() => void) | undefined = undefined
  /** Ends the wait for a link; set while there is one. */
  opening: AbortController | undefined = undefined
  /** What happened to it lately, for the errors that it ends in. */
  readonly ring: EventRing = createEventRing()
  /** Its number within its pool. */
  readonly number: number
  readonly supervisor: LinkSupervisor
  readonly keeper: SessionKeeper
  readonly config: DriverConfig
  readonly facade: Session
  readonly #sharing: SessionSharing | undefined
  readonly #firstLinkMs: () => number
  /** Told when there is a link, or why there will be none. */
  readonly waitingForLink: DriverCallback[] = []
  /** COM_QUIT is on its way. */
  quitting = false
  /** The Prepare that was submitted last; the Execute that `execute()` has made with it comes next. */
  #prepare: DriverCommand | undefined = undefined
  /** Whether the policy gives every statement a deadline or a signal of its own. */
  readonly #isWatched: boolean
  /** When the trouble began that is being recovered from, by the monotonic clock. */
  troubleSince: number | undefined = undefined

  constructor(facade: Session, config: DriverConfig, settings: SessionSettings) {
    this.facade = facade
    this.config = config
    this.supervisor = settings.supervisor
    this.keeper = settings.keeper
    this.#firstLinkMs = settings.firstLinkMs ?? UNLIMITED
    this.number = settings.supervisor.nextSession()
    const { annotation } = settings.supervisor.policy
    this.#isWatched = annotation.deadlineMs !== undefined || annotation.signal !== undefined
    this.#sharing = settings.supervisor.policy.sharing === 'off' ? undefined : new SessionSharing(this)
  }

  // --- the way of a statement ---

  /** Takes a command from mysql2's own methods. Allocates nothing for a plain statement on a sound link. */
  submit(command: DriverCommand): DriverCommand {
    const refused = this.#sharing?.refusal(command)
    if (refused !== undefined) {
      failLater(this, command, refused)
      return command
    }
    const aborted = this.#note(command)
    if (aborted === undefined) this.route(command)
    else refuse(this, command, aborted)
    return command
  }

  /** Sends a command now, or holds it until that is sound. */
  route(command: DriverCommand): void {
    const { link } = this
    if (this.gate !== 'open' || link === null || this.poison !== undefined) this.#hold(command)
    else if (!link._command && needsLook(this, link, command) && command.constructor !== Quit) {
      this.held.push(command)
      look(this, link)
    } else this.send(link, command)
  }

  /**
   * Keeps what a statement was annotated with, where it was: the scope is gone when the answer comes. Returns the reason why it
   * must not be sent, where there is one.
   */
  #note(command: DriverCommand): Error | undefined {
    if (command.constructor === Prepare) this.#prepare = command
    else if (
      command.constructor === Execute &&
      command.statement === undefined &&
      this.#prepare !== undefined
    ) {
      pairUp(this.#prepare, command)
      this.#prepare = undefined
    }
    const scope = currentAnnotation()
    const options = command._queryOptions ?? command._executeOptions
    if (scope !== undefined) notesOf(command).scope = scope
    if (scope !== undefined || options?.comeback !== undefined || options?.timeout || this.#isWatched) {
      return watchCommand(this, command)
    }
    return undefined
  }

  /** Hands a command to the link. */
  send(link: Link, command: DriverCommand): void {
    if (isBoundElsewhere(command, link)) return
    if (command.statement !== undefined && belongsElsewhere(command, link)) prepareAgain(this, link, command)
    else if (command.constructor === Quit) quit(this, link, command)
    else if (this.supervisor.core.poison.active && isPoison(this, command)) failPoison(this, command)
    else {
      const bytes = requestBytes(command)
      if (bytes === undefined) this.#take(link, command)
      else sendLarge(this, link, command, bytes)
    }
  }

  #take(link: Link, command: DriverCommand): void {
    link.take(command)
    if (command.sql !== undefined && link._command === command)
      this.#readAhead.read(command.sql, this.quoting)
  }

  #hold(command: DriverCommand): void {
    if (command.constructor === Quit && this.held.length === 0 && this.#isWithoutServer) {
      quitWithoutLink(this, command)
      return
    }
    if (this.gate === 'closed') {
      failLater(this, command, closedByApplication())
      return
    }
    // The pause was for the sake of others, who have gone.
    if (this.held.length === 0) this.endPause?.()
    this.held.push(command)
    if (this.#mustJudge && this.held.length === 1) nextTick(recoverHeld, this)
  }

  /** Whether what is held goes nowhere by itself: the link is gone, or the transaction that it believes in. */
  get #mustJudge(): boolean {
    return this.gate === 'lost' || (this.gate === 'open' && this.poison !== undefined)
  }

  /** Whether a link is being waited for that may not come soon; a goodbye does not wait with it. */
  get #isWithoutServer(): boolean {
    return this.gate === 'reopening' || (this.gate === 'opening' && this.supervisor.core.state === 'outage')
  }

  /** Sends what was held, in order; what comes meanwhile queues up behind it. */
  release(): void {
    this.gate = 'releasing'
    // The link may die, or have to be asked something, while they are handed over.
    while (this.gate === 'releasing' && this.link !== null && this.poison === undefined) {
      const command = this.held.shift()
      if (command === undefined) break
      this.send(this.link, command)
    }
    if (this.gate !== 'releasing') return
    this.gate = 'open'
    if (this.held.length > 0) nextTick(recoverHeld, this)
  }

  // --- what the link tells ---

  statusFlags(flags: number): void {
    this.quoting = (flags & NO_BACKSLASH_ESCAPES) === 0 ? BACKSLASH_ESCAPES : NO_ESCAPES
    this.tracker.statusFlags(flags)
  }

  sessionChanged(change: SessionChange): void {
    this.tracker.stateChanged(change)
  }

  succeeded(command: DriverCommand): void {
    const { tracker } = this
    this.supervisor.budget.succeeded()
    const { sql } = command
    if (sql !== undefined) {
      if (this.supervisor.core.poison.active) clearPoison(this, sql)
      if (this.#readAhead.leavesNothing(sql, this.quoting)) tracker.statementCompleted()
      else tracker.noteStatement(statementFacts(sql, this.quoting), sql)
    } else if (command.constructor !== Prepare) {
      const fresh = startsAfresh(command)
      if (fresh !== undefined) this.startAfresh(fresh)
    }
  }

  failed(command: DriverCommand): void {
    const { sql } = command
    const isHarmless = sql === undefined || this.#readAhead.leavesNothing(sql, this.quoting)
    this.tracker.errorAnswered(isHarmless ? undefined : statementFacts(sql, this.quoting))
  }

  endsLink(command: DriverCommand, error: Error): boolean {
    if (isOurs(command)) return false
    const { action, reason } = judge(this, command, { error, evidence: 'answered' }).decision
    // A server that takes no writes keeps its link for now; whoever is next tries another one.
    if (reason === 'refused-to-the-end' && this.link !== null) this.link.expiresAt = 0
    return action !== 'return'
  }

  lost(link: Link, loss: Loss): void {
    recoverLoss(this, link, loss)
  }

  fromHandle(link: Link, command: DriverCommand): void {
    if (command.constructor === Execute) {
      // mysql2 gives it no text when it comes from a handle; without one it would pass for harmless.
      command.sql = command.statement?.query
      this.submit(command)
    } else if (link === this.link && link.deathCause === undefined) {
      if (this.gate === 'open') link.take(command)
      else this.held.push(bindTo(link, command))
    }
  }

  refused(command: DriverCommand): void {
    if (this.isClosed) failLater(this, command, closedByApplication())
    else this.#hold(command)
  }

  // --- trouble ---

  /** Milliseconds left for the recovery that is under way, or that would begin now. */
  remainingMs(): number {
    const { deadlineMs } = this.supervisor.policy.retry
    const limitMs = this.gate === 'opening' ? Math.min(deadlineMs, this.#firstLinkMs()) : deadlineMs
    return this.troubleSince === undefined ? limitMs : this.troubleSince + limitMs - now()
  }

  /** The session is as new, by COM_RESET_CONNECTION or COM_CHANGE_USER. */
  startAfresh(how: 'reset' | 'change-user'): void {
    this.poison = undefined
    this.tracker.resetDone(how)
  }

  /** The open transaction is lost: every statement fails with this error until the application rolls back. */
  poisonWith(error: LostTransactionError): void {
    this.#sharing?.end()
    this.poison = error
    this.tracker.poison(error.outcome)
  }

  /** The link is gone and nobody waits for another: whoever keeps this session in a pool must hear of it. */
  announceLoss(): void {
    if (this.inUse || this.keeper !== 'mysql2-pool') return
    this.emitError(this.link?.deathCause)
    this.facade.emit('end')
  }

  /** An 'error' event that nobody listens to would end the process. */
  emitError(error: unknown): void {
    if (this.facade.listenerCount('error') > 0) this.facade.emit('error', error)
  }

  // --- opening and closing ---

  /** Opens the first link. */
  open(): void {
    void reopen(this, undefined)
  }

  /** A link is being opened: the first one is shown at once, since callers look at its socket while it connects. */
  linkCreated(link: Link): void {
    if (this.gate === 'opening') this.link = link
  }

  /** The session goes back to its pool: whatever flow had it in hand has it no more. */
  putBack(): void {
    this.inUse = false
    this.#sharing?.end()
  }

  /** Whether nothing more can be sent: COM_QUIT has gone, or the session was closed without it. */
  get hasEnded(): boolean {
    return this.gate === 'closed'
  }

  /** Whether the application has ended this session. */
  get isClosed(): boolean {
    return this.gate === 'closed' || this.quitting
  }

  /** Whether it has a link that has logged in and is not known to be dead. */
  get hasLink(): boolean {
    return this.link?.owner === this && this.link.deathCause === undefined
  }

  /** Whether a statement is under way or held. */
  get isBusy(): boolean {
    return this.held.length > 0 || Boolean(this.link?._command)
  }
}
