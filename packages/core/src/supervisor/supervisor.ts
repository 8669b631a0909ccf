import type { SuspicionReason } from '../events/event-types.js'
import { createEvents, type Events } from '../events/events.js'
import { type Clock, systemClock } from '../liveness/clock.js'
import { createFreezeWatch, type FreezeWatch } from '../liveness/freeze-watch.js'
import type { ResolvedPolicy } from '../policy/resolved-policy.js'
import { Generation } from './generation.js'
import { LinkOpener } from './link-opener.js'
import type { LinkPort, OpenRequest } from './link-port.js'
import { wasRefusedAtOnce } from './outage.js'
import { PoisonGuard } from './poison-guard.js'
import { RetryBudget } from './retry-budget.js'
import { compareServers, type ServerComparison, type ServerIdentity } from './server-identity.js'
import { Sweep } from './sweep.js'

/** What a {@link Supervisor} is made of. */
export interface SupervisorOptions<L, C = unknown> {
  /** Its `retry`, `outage`, `name` and `logger` are read. */
  readonly policy: ResolvedPolicy
  /** What opens and closes links. */
  readonly port: LinkPort<L, C>
  /** Attempts to connect that may be under way at once while the database can be reached. From 1. Default 10. */
  readonly maxConcurrentConnects?: number
  /** Default: events in the policy's name, with its logger. */
  readonly events?: Events
  /** Default: `systemClock`. */
  readonly clock?: Clock
  /** Gives numbers from 0 up to, not including, 1. Default: `Math.random`. */
  readonly random?: () => number
}

/**
 * One for each pool: opens its links, and keeps what its sessions share.
 *
 * While the database can be reached, every caller's link is opened at once. When an attempt fails, an outage begins: one attempt at a
 * time is made on behalf of all, the other callers wait. Attempts that were under way when it began may finish, because a server
 * counts an interrupted login against the host that made it; none is started beside them. When one succeeds, the others follow, two,
 * four and so on at a time. After a loss the first attempt goes alone as well, since the server may be gone.
 */
export class Supervisor<L, C = unknown> {
  /** Tokens for sending statements again. */
  readonly budget: RetryBudget
  /** Statements that the server died of. */
  readonly poison: PoisonGuard
  /** The pool's one interval. While it runs, it also watches for freezes. */
  readonly sweep: Sweep
  /** Where the pool's events go. */
  readonly events: Events
  readonly #clock: Clock
  readonly #generation: Generation
  readonly #freeze: FreezeWatch
  readonly #opener: LinkOpener<L, C>
  /** What the latest link that was asked led to, and which life of it that was. */
  #server: { readonly identity: ServerIdentity; readonly life: number } = { identity: {}, life: 0 }

  constructor(options: SupervisorOptions<L, C>) {
    const { policy, port, maxConcurrentConnects = 10, clock = systemClock, random = Math.random } = options
    const events = options.events ?? createEvents({ pool: policy.name, logger: policy.logger, clock })
    const poison = new PoisonGuard({ clock })
    const generation = new Generation((reason, gapMs) => {
      events.publish('suspect', { reason, generation: generation.number, gapMs })
    })
    const freeze = createFreezeWatch({
      clock,
      onFreeze: gapMs => {
        generation.suspectAll('freeze', undefined, Math.round(gapMs))
      },
    })
    this.events = events
    this.poison = poison
    this.budget = new RetryBudget(policy.retry.budget, clock)
    this.sweep = new Sweep({
      clock,
      onStart: () => {
        freeze.reset()
      },
      onTick: nowMs => {
        freeze.tick(nowMs)
      },
    })
    this.#clock = clock
    this.#generation = generation
    this.#freeze = freeze
    this.#opener = new LinkOpener({
      policy,
      port,
      maxConcurrentConnects,
      events,
      clock,
      random,
      onOpened: () => {
        poison.opened()
      },
      onUnreachable: (error, verdict, begins) => {
        if (wasRefusedAtOnce(error)) poison.died()
        if (begins && verdict.kind === 'unreachable') generation.suspectAll('outage')
      },
    })
  }

  /** Links last known to be good under another number are suspects: to be peeked at or pinged before their next use. */
  get generation(): number {
    return this.#generation.number
  }

  /** Whether links can be opened, as far as is known. */
  get state(): 'normal' | 'outage' | 'closed' {
    return this.#opener.state
  }

  /** Callers that have not been given a link yet. */
  get waiting(): number {
    return this.#opener.waiting
  }

  /**
   * Makes suspects of all links.
   *
   * @param since - the generation in which the lost link was last known to be good; an old one changes nothing.
   */
  suspectAll(reason: SuspicionReason, since?: number): void {
    this.#generation.suspectAll(reason, since)
  }

  /**
   * Takes note of the server that a new link leads to, and compares it with the one that the link before led to. A restart is a death
   * for {@link Supervisor.poison}, unless a refused connection has proved it already; take `poison.life` for the link after this.
   */
  recognise(identity: ServerIdentity): ServerComparison {
    const comparison = compareServers(this.#server.identity, identity)
    if (comparison === 'same') this.poison.survived()
    if (comparison === 'restarted') {
      this.poison.died(this.#server.life)
      this.poison.opened()
    }
    this.#server = { identity, life: this.poison.life }
    if (comparison === 'restarted' || comparison === 'other') {
      this.suspectAll('server-changed')
      this.events.publish('server-changed', { change: comparison })
    }
    return comparison
  }

  /** Looks for a freeze now; to be called before a link is handed out, which may come before the sweep's next look. */
  noticeFreeze(): void {
    if (this.sweep.isRunning) this.#freeze.tick(this.#clock.now())
  }

  /**
   * Opens a link, waiting for the database within the policy's bounds.
   *
   * Rejects with the port's own error when that is final (access refused, wrong configuration), with the signal's reason when it is
   * aborted, and otherwise with a `DatabaseUnavailableError`: the time is over, the waiting room full, the breaker open, or the
   * supervisor closed.
   */
  open(request: OpenRequest<C> = {}): Promise<L> {
    return this.#opener.open(request)
  }

  /** Rejects all callers, now and later, and gives up all attempts. Links that are in use are still looked after. */
  stopOpening(): void {
    this.#opener.close()
  }

  /** Rejects all callers, gives up all attempts and ends all timers. Links that are in use are their owners'. */
  close(): void {
    this.#opener.close()
    this.sweep.clear()
  }
}
