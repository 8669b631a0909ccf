import { errorFacts } from '../classification/error-facts.js'
import type { Verdict } from '../classification/verdict.js'
import type { UnavailableReason } from '../errors/database-unavailable-error.js'
import type { Events } from '../events/events.js'
import type { Clock, TimerHandle } from '../liveness/clock.js'
import type { ResolvedPolicy } from '../policy/resolved-policy.js'
import { Breaker } from './breaker.js'
import { type Caller, type Flight, unavailable } from './caller.js'
import { ConnectAttempt } from './connect-attempt.js'
import { ConnectWindow } from './connect-window.js'
import type { LinkPort, OpenRequest } from './link-port.js'
import { Outage } from './outage.js'
import { WaitingRoom } from './waiting-room.js'

/** What a {@link LinkOpener} is made of. */
export interface LinkOpenerOptions<L, C> {
  readonly policy: Pick<ResolvedPolicy, 'retry' | 'outage'>
  readonly port: LinkPort<L, C>
  readonly maxConcurrentConnects: number
  readonly events: Events
  readonly clock: Clock
  readonly random: () => number
  /** Told of each link that was opened, before its caller is. */
  readonly onOpened: () => void
  /** Told of each attempt after which trying again makes sense, and whether an outage begins with it. */
  readonly onUnreachable: (error: unknown, verdict: Verdict, begins: boolean) => void
}

/** An attempt ends a little before its caller's time, so that the caller learns why it failed. */
const attemptShare = 0.95

/** Opens links for callers: all at once while the database can be reached, one on behalf of all while it can not. */
export class LinkOpener<L, C> {
  readonly #options: LinkOpenerOptions<L, C>
  readonly #clock: Clock
  readonly #breaker: Breaker
  readonly #room: WaitingRoom<Caller<L, C>>
  readonly #outage: Outage
  readonly #window: ConnectWindow
  readonly #flights = new Set<Flight<L, C>>()
  #probeTimer: TimerHandle | undefined
  /** How long the latest successful attempt took. */
  #connectMs = 0
  /** Why the latest attempt failed, until one succeeds. */
  #lastFailure: unknown
  #isClosed = false

  constructor(options: LinkOpenerOptions<L, C>) {
    const { policy, events, clock, random } = options
    this.#options = options
    this.#clock = clock
    this.#breaker = new Breaker(policy.outage.breaker, state => events.publish('breaker', { state }))
    this.#room = new WaitingRoom({ ...policy.outage, clock })
    this.#outage = new Outage(policy, clock, random)
    this.#window = new ConnectWindow(options.maxConcurrentConnects)
  }

  get state(): 'normal' | 'outage' | 'closed' {
    if (this.#isClosed) return 'closed'
    return this.#outage.isOn ? 'outage' : 'normal'
  }

  get waiting(): number {
    return this.#room.size
  }

  /** See `Supervisor.open`. */
  open(request: OpenRequest<C>): Promise<L> {
    return new Promise((resolve, reject) => {
      const { signal, remainingMs } = request
      signal?.throwIfAborted()
      const refusal = this.#refusal(request)
      if (refusal !== undefined) throw this.#unavailable(refusal, request, 0)
      // After a loss the server may be gone: one attempt finds out for all.
      if (request.firstError !== undefined && this.#flights.size === 0) this.#window.narrow()
      const caller: Caller<L, C> = {
        request,
        context: request.context as C,
        askedAt: this.#clock.now(),
        resolve,
        reject,
        flight: undefined,
        lastFailure: undefined,
      }
      this.#room.enter(caller, {
        remainingMs,
        signal,
        onEnd: why => {
          if (why === 'aborted') reject(signal?.reason)
          else this.#rejectUnavailable(caller, 'deadline')
          this.#left(caller)
        },
      })
      this.#pump()
    })
  }

  /** See `Supervisor.close`. */
  close(): void {
    this.#isClosed = true
    for (const flight of this.#flights) flight.attempt?.abandon()
    this.#flights.clear()
    this.#dismiss('closed', () => true)
    this.#clock.clearTimeout(this.#probeTimer)
  }

  /** Why a new caller can not be let in. */
  #refusal({ remainingMs }: OpenRequest<C>): UnavailableReason | undefined {
    if (this.#isClosed) return 'closed'
    if (remainingMs !== undefined && remainingMs <= 0) return 'deadline'
    const isHeldUp = (this.#outage.isOn || this.#window.isNarrow) && !this.#mayStart
    if (isHeldUp && this.#room.isFull(this.#flights.size)) return 'waiting-room-full'
    // Asked last: whom it admits must come in, for others are refused until that one has tried.
    return this.#breaker.admits(this.#clock.now()) ? undefined : 'breaker-open'
  }

  get #mayStart(): boolean {
    const limit = this.#outage.isOn ? 1 : this.#window.size
    return this.#flights.size < limit && this.#outage.untilProbeMs() === 0
  }

  /** Starts what may be started, and sees to it that the rest is. */
  #pump(): void {
    if (this.#room.size === 0) {
      // Nobody is left to try, or to be careful for.
      this.#breaker.trialAbandoned()
      if (!this.#outage.isOn) this.#window.open()
    }
    while (this.#mayStart) {
      const caller = this.#next()
      if (caller === undefined) break
      this.#start(caller)
    }
    this.#clock.clearTimeout(this.#probeTimer)
    this.#probeTimer = undefined
    if (!this.#outage.isOn || this.#flights.size > 0 || this.#room.size === 0) return
    this.#probeTimer = this.#clock.setTimeout(() => {
      this.#pump()
    }, this.#outage.untilProbeMs())
  }

  /**
   * For whom the next attempt is made: the first one with time enough for it, else the one with the most. Always taking the very
   * first would, while many wait, give every attempt no more than the last moments of somebody's deadline.
   */
  #next(): Caller<L, C> | undefined {
    const { connectTimeoutMs } = this.#options.policy.outage
    const neededMs = this.#outage.isOn ? connectTimeoutMs : Math.min(connectTimeoutMs, this.#connectMs * 2)
    let best: Caller<L, C> | undefined
    for (const caller of this.#room.guests()) {
      if (caller.flight !== undefined) continue
      const remainingMs = this.#room.remainingMs(caller)
      if (remainingMs * attemptShare >= neededMs) return caller
      if (best === undefined || remainingMs > this.#room.remainingMs(best)) best = caller
    }
    return best
  }

  #start(caller: Caller<L, C>): void {
    const { port, policy } = this.#options
    const { connectTimeoutMs } = policy.outage
    const timeoutMs = Math.max(1, Math.min(connectTimeoutMs, this.#room.remainingMs(caller) * attemptShare))
    const isCutShort = timeoutMs < connectTimeoutMs
    const flight: Flight<L, C> = {
      caller,
      madeFor: caller,
      startedAt: this.#clock.now(),
      isProbe: this.#outage.isOn,
      isCutShort,
    }
    caller.flight = flight
    this.#flights.add(flight)
    const { context } = caller
    flight.attempt = new ConnectAttempt<L>({
      openLink: signal => port.openLink(signal, timeoutMs, context),
      closeLink: link => {
        port.closeLink(link)
      },
      timeoutMs,
      clock: this.#clock,
      onLink: link => {
        this.#succeeded(flight, link)
      },
      onFailure: error => {
        this.#failed(flight, error)
      },
    })
  }

  #succeeded(flight: Flight<L, C>, link: L): void {
    const { context } = flight.caller
    this.#land(flight)
    this.#connectMs = this.#clock.now() - flight.startedAt
    this.#options.onOpened()
    this.#reached()
    const recipient = this.#firstWaiting(context)
    if (recipient === undefined) this.#options.port.closeLink(link)
    else {
      this.#room.leave(recipient)
      recipient.resolve(link)
    }
    this.#pump()
  }

  #failed(flight: Flight<L, C>, error: unknown): void {
    const { caller } = flight
    this.#land(flight)
    let verdict: Verdict
    try {
      verdict = this.#options.port.classifyConnectError(error, caller.context)
    } catch (thrown) {
      this.#refuse(flight, thrown)
      return
    }
    if (verdict.kind === 'access-refused') {
      this.#reached()
      this.#refuse(flight, error)
    } else if (!verdict.retryable) this.#refuse(flight, error)
    else {
      this.#lastFailure = error
      caller.lastFailure = error
      if (flight.isCutShort && errorFacts(error).code === 'ETIMEDOUT') this.#outOfTime(flight)
      else this.#unreachable(flight, verdict, error)
    }
  }

  /** What the one it was made for has left is too little for another attempt; an heir has more. */
  #outOfTime({ caller, madeFor, isProbe }: Flight<L, C>): void {
    if (isProbe) this.#outage.probeAbandoned()
    if (caller === madeFor && this.#room.leave(caller)) this.#rejectUnavailable(caller, 'deadline')
    this.#pump()
  }

  /** Trying again does not help: the caller gets the error as it is. */
  #refuse({ caller, isProbe }: Flight<L, C>, error: unknown): void {
    if (isProbe) this.#outage.probeAbandoned()
    if (this.#room.leave(caller)) caller.reject(error)
    this.#pump()
  }

  #unreachable(flight: Flight<L, C>, verdict: Verdict, error: unknown): void {
    const begins = this.#outage.failed(error, flight.isProbe)
    if (begins) {
      this.#window.narrow()
      const { code, errno } = errorFacts(error)
      this.#options.events.publish('outage-begin', { kind: verdict.kind, code, errno, rule: verdict.rule })
    }
    this.#options.onUnreachable(error, verdict, begins)
    this.#breaker.failed(this.#clock.now())
    if (this.#breaker.state === 'open') this.#dismiss('breaker-open', caller => caller.flight === undefined)
    this.#pump()
  }

  /** The database has answered. */
  #reached(): void {
    this.#lastFailure = undefined
    this.#breaker.succeeded()
    const over = this.#outage.end()
    this.#window.widen()
    if (over !== undefined) this.#options.events.publish('outage-end', { ...over, waiting: this.#room.size })
  }

  /** A caller has gone; its attempt goes on for another one who can use the link, or is given up. */
  #left({ flight, context }: Caller<L, C>): void {
    if (flight !== undefined) {
      const heir = this.#firstWaiting(context)
      if (heir === undefined) {
        this.#land(flight)
        flight.attempt?.abandon()
        if (flight.isProbe) this.#outage.probeAbandoned()
      } else {
        flight.caller = heir
        heir.flight = flight
      }
    }
    this.#pump()
  }

  /** The first caller without an attempt of its own whom a link opened with this context would suit. */
  #firstWaiting(context: C): Caller<L, C> | undefined {
    return this.#room.first(one => one.flight === undefined && one.context === context)
  }

  #land(flight: Flight<L, C>): void {
    this.#flights.delete(flight)
    flight.caller.flight = undefined
  }

  #dismiss(reason: UnavailableReason, who: (caller: Caller<L, C>) => boolean): void {
    for (const caller of [...this.#room.guests()].filter(who)) {
      if (this.#room.leave(caller)) this.#rejectUnavailable(caller, reason)
    }
  }

  #rejectUnavailable(caller: Caller<L, C>, reason: UnavailableReason): void {
    const waitedMs = this.#clock.now() - caller.askedAt
    caller.reject(this.#unavailable(reason, caller.request, waitedMs, caller.lastFailure))
  }

  #unavailable(reason: UnavailableReason, request: OpenRequest, waitedMs: number, failure?: unknown): Error {
    const lastFailure = failure ?? this.#lastFailure
    const { code, errno } = errorFacts(lastFailure)
    this.#options.events.publish('unavailable', { reason, waitedMs: Math.round(waitedMs), code, errno })
    return unavailable(reason, request, waitedMs, lastFailure)
  }
}
