import {
  type ComebackEvent,
  createEvents,
  drawLifetimeMs,
  type Events,
  errorFacts,
  keepAliveEveryMs,
  type ResolvedPolicy,
  type RetryBudget,
  type ServerComparison,
  type ServerFlavour,
  Supervisor,
} from '@comeback/core'
import { checkDriver } from '../driver/self-check.js'
import type { Link } from '../link/link.js'
import { openLink } from '../link/open-link.js'
import { isReadyMade, onlyOneLink } from '../link/ready-made-stream.js'
import { verdictOf } from '../session/judge.js'
import type { SessionCore } from '../session/session-core.js'
import { LinkWatch } from '../session/watchdog.js'
import { killAbandoned, probeThread } from './control-link.js'
import type { ThreadMark, ThreadState } from './processlist.js'
import { askIdentity } from './server-identity.js'

/** What looks after all links of one pool, or of one connection: core's supervisor with mysql2's links in it. */
export class LinkSupervisor {
  readonly policy: ResolvedPolicy
  readonly core: Supervisor<Link, SessionCore>
  /** Given every error before the caller of its statement is. */
  onFailure: ((error: unknown) => void) | undefined = undefined
  /** As the latest link's server introduced itself. */
  flavour: ServerFlavour = 'unknown'
  /** Asked when the first large request is to be sent. */
  maxAllowedPacket: number | undefined = undefined
  /** How long the server lets a link idle, in seconds; asked over the first one that idles in a pool. */
  waitTimeoutSeconds: number | undefined = undefined
  #sessions = 0
  readonly #watched = new WeakMap<Link, () => void>()

  constructor(policy: ResolvedPolicy, listener?: (event: ComebackEvent) => void) {
    checkDriver()
    this.policy = policy
    this.core = new Supervisor<Link, SessionCore>({
      policy,
      events: createEvents({ pool: policy.name, logger: policy.logger, listener }),
      port: {
        openLink: (signal, timeoutMs, session) =>
          openLink(session.config, signal, timeoutMs, link => session.linkCreated(link)),
        closeLink: link => void link.stream.destroy(),
        classifyConnectError: (error, session) => {
          const verdict = verdictOf(this, { error, evidence: 'refused' }, 'connect')
          return isReadyMade(session.config) ? { ...verdict, retryable: false } : verdict
        },
      },
    })
  }

  get generation(): number {
    return this.core.generation
  }

  get budget(): RetryBudget {
    return this.core.budget
  }

  get events(): Events {
    return this.core.events
  }

  /** A number for a new session of this pool. */
  nextSession(): number {
    this.#sessions += 1
    return this.#sessions
  }

  /** Opens a link for a session, waiting for the database within the policy's bounds. */
  async open(
    session: SessionCore,
    remainingMs: number,
    firstError: unknown,
    signal: AbortSignal,
  ): Promise<Link> {
    if (firstError !== undefined && isReadyMade(session.config)) throw onlyOneLink(session.config, firstError)
    const link = await this.core.open({ context: session, remainingMs, firstError, signal })
    this.flavour = link.flavour
    link.life = this.core.poison.life
    link.expiresAt = link.openedAt + drawLifetimeMs(this.policy)
    return link
  }

  /** A session has lost its link: the pool's other links may be lost as well. */
  linkLost(session: SessionCore, link: Link, error: unknown): void {
    const { code, errno } = errorFacts(error)
    this.core.suspectAll('link-lost', link.generation)
    const threadId = link.threadId ?? undefined
    this.events.publish('link-lost', { session: session.number, threadId, code, errno }, session.ring)
  }

  /** Whether a new link leads to the server that earlier ones led to. Costs a round trip, so it is asked after a loss only. */
  async recognise(link: Link): Promise<ServerComparison> {
    const identity = await askIdentity(link, this.policy.outage.connectTimeoutMs)
    const comparison = this.core.recognise(identity)
    link.life = this.core.poison.life
    if (comparison === 'restarted' || comparison === 'other') this.maxAllowedPacket = undefined
    return comparison
  }

  get keepAliveEveryMs(): number {
    const { keepAlive } = this.policy
    if (keepAlive === false) return Number.POSITIVE_INFINITY
    return keepAliveEveryMs({ everyMs: keepAlive.everyMs, waitTimeoutSeconds: this.waitTimeoutSeconds })
  }

  /** Looks after a link until its socket is closed. */
  watch(session: SessionCore, link: Link): void {
    this.#watched.set(link, this.core.sweep.watch(new LinkWatch(session, link)))
  }

  unwatch(link: Link): void {
    this.#watched.get(link)?.()
  }

  /** Kills what an abandoned link was doing, over a link of its own. */
  async kill(session: SessionCore, mark: ThreadMark): Promise<void> {
    const result = await killAbandoned(session.config, mark, this.#controlMs)
    this.events.publish('killed', { threadId: mark.threadId, result }, session.ring)
  }

  /** Asks what a thread is doing, over a link of its own. */
  probe(session: SessionCore, mark: ThreadMark): Promise<ThreadState | 'unreachable'> {
    return probeThread(session.config, mark, this.#controlMs)
  }

  get #controlMs(): number {
    return this.policy.watchdog === false
      ? this.policy.outage.connectTimeoutMs
      : this.policy.watchdog.timeoutMs
  }

  stopOpening(): void {
    this.core.stopOpening()
  }

  close(): void {
    this.core.close()
  }
}

/** One supervisor for a pool or a connection. */
export function createLinkSupervisor(
  policy: ResolvedPolicy,
  listener?: (event: ComebackEvent) => void,
): LinkSupervisor {
  return new LinkSupervisor(policy, listener)
}
