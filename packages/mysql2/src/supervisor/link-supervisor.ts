import {
  type ErrorEvent,
  type ResolvedPolicy,
  RetryBudget,
  type ServerFlavour,
  Supervisor,
  Sweep,
  type Verdict,
} from '@comeback/core'
import { checkDriver } from '../driver/self-check.js'
import type { Link, Loss } from '../link/link.js'
import { openLink } from '../link/open-link.js'
import { type Judgement, verdictOf } from '../session/judge.js'
import type { SessionCore } from '../session/session-core.js'
import { LinkWatch } from '../session/watchdog.js'
import { killAbandoned } from './kill-abandoned.js'
import { type ThreadMark, type ThreadState, threadState } from './processlist.js'

/** What looks after all links of one pool, or of one connection: core's supervisor with mysql2's links in it. */
export class LinkSupervisor {
  readonly policy: ResolvedPolicy
  readonly budget: RetryBudget
  flavour: ServerFlavour = 'unknown'
  maxAllowedPacket: number | undefined = undefined
  readonly #supervisor: Supervisor<Link>
  readonly #sweep: Sweep
  readonly #unwatch = new WeakMap<Link, () => void>()

  constructor(policy: ResolvedPolicy) {
    checkDriver()
    this.policy = policy
    this.budget = new RetryBudget(policy.retry.budget)
    this.#sweep = new Sweep({})
    this.#supervisor = new Supervisor<Link>({
      policy,
      port: {
        openLink: (signal: AbortSignal | undefined, timeoutMs: number, core: SessionCore): Promise<Link> =>
          openLink(core.config, signal, timeoutMs, link => core.linkCreated(link)),
        closeLink: (link: Link): void => {
          link.stream.destroy()
        },
        classifyConnectError: (error: unknown): Verdict =>
          verdictOf(this, { error, evidence: 'refused' }, 'connect'),
      },
    })
  }

  get generation(): number {
    return this.#supervisor.generation
  }

  async open(core: SessionCore, remainingMs: number, firstError: unknown): Promise<Link> {
    const link = await this.#supervisor.open({ context: core, remainingMs, firstError })
    this.flavour = link.flavour
    return link
  }

  // --- events ---

  linkLost(_core: SessionCore, _link: Link, _loss: Loss): void {
    this.#supervisor.suspectAll('link-lost')
  }

  reopened(_core: SessionCore, _link: Link): void {}

  resent(_core: SessionCore, _judgement: Judgement): void {}

  recentEvents(_core: SessionCore): readonly ErrorEvent[] {
    return []
  }

  // --- looking after links ---

  get keepAliveEveryMs(): number {
    return this.policy.keepAlive === false ? Number.POSITIVE_INFINITY : this.policy.keepAlive.everyMs
  }

  watch(core: SessionCore, link: Link): void {
    this.#unwatch.set(link, this.#sweep.watch(new LinkWatch(core, link)))
  }

  unwatch(link: Link): void {
    this.#unwatch.get(link)?.()
  }

  /** Kills what an abandoned link was doing, over a link of its own. Never rejects. */
  async kill(core: SessionCore, mark: ThreadMark): Promise<void> {
    try {
      await this.#withControlLink(core, control => killAbandoned(control, mark, this.#controlMs))
    } catch {
      // The server is not to be had; the thread ends when it notices that nobody is there.
    }
  }

  /** Asks what a thread is doing. `unreachable`: the server can not be asked. */
  async probe(core: SessionCore, mark: ThreadMark): Promise<ThreadState | 'unreachable'> {
    try {
      return await this.#withControlLink(core, control => threadState(control, mark, this.#controlMs))
    } catch {
      return 'unreachable'
    }
  }

  get #controlMs(): number {
    return this.policy.watchdog === false
      ? this.policy.outage.connectTimeoutMs
      : this.policy.watchdog.timeoutMs
  }

  async #withControlLink<T>(core: SessionCore, use: (control: Link) => Promise<T>): Promise<T> {
    const control = await openLink(core.config, undefined, this.#controlMs)
    try {
      return await use(control)
    } finally {
      control.end()
      control.stream.destroySoon()
    }
  }

  close(): void {
    this.#supervisor.close()
  }
}

/** One supervisor for a pool or a connection. */
export function createLinkSupervisor(policy: ResolvedPolicy): LinkSupervisor {
  return new LinkSupervisor(policy)
}
