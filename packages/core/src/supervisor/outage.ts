import { errorFacts } from '../classification/error-facts.js'
import type { Clock } from '../liveness/clock.js'
import type { ResolvedPolicy } from '../policy/resolved-policy.js'
import { backoffMs, probePauseMs } from './backoff.js'

/** Whether nobody listened where a link was to be opened, as while a server restarts: cheap for everybody, so soon tried again. */
export const wasRefusedAtOnce = (error: unknown): boolean => {
  const { code, syscall } = errorFacts(error)
  return code === 'ECONNREFUSED' || (code === 'ENOENT' && syscall === 'connect')
}

/** What is known when an outage is over. */
export interface OutageSummary {
  readonly durationMs: number
  /** Attempts to connect that failed. */
  readonly attempts: number
}

/** Whether the database can be reached, since when not, and when to try next. */
export class Outage {
  readonly #policy: Pick<ResolvedPolicy, 'retry' | 'outage'>
  readonly #clock: Pick<Clock, 'now'>
  readonly #random: () => number
  #beganAt: number | undefined
  #attempts = 0
  /** Failures in a row other than being refused at once. */
  #failures = 0
  #nextProbeAt = 0

  constructor(
    policy: Pick<ResolvedPolicy, 'retry' | 'outage'>,
    clock: Pick<Clock, 'now'>,
    random: () => number,
  ) {
    this.#policy = policy
    this.#clock = clock
    this.#random = random
  }

  get isOn(): boolean {
    return this.#beganAt !== undefined
  }

  /** Milliseconds until the next attempt may start; 0 when it may now. */
  untilProbeMs(): number {
    return this.isOn ? Math.max(0, this.#nextProbeAt - this.#clock.now()) : 0
  }

  /**
   * An attempt has failed. True if an outage begins with it.
   *
   * @param wasProbe - it was started during the outage; one that was under way before says nothing about the pause.
   */
  failed(error: unknown, wasProbe: boolean): boolean {
    const begins = this.#beganAt === undefined
    if (this.#beganAt === undefined) {
      this.#beganAt = this.#clock.now()
      this.#attempts = 0
      this.#failures = 0
    }
    this.#attempts++
    if (begins || wasProbe) {
      const refusedAtOnce = wasRefusedAtOnce(error)
      // A server that was refusing and now answers late is starting up: its pauses begin small again.
      this.#failures = refusedAtOnce ? 0 : this.#failures + 1
      this.#pause(refusedAtOnce)
    }
    return begins
  }

  /** A probe ended without a word on the database; the next one waits as after a failure. */
  probeAbandoned(): void {
    if (this.isOn) this.#pause(false)
  }

  /** The database has answered. What the outage was, if one ends with it. */
  end(): OutageSummary | undefined {
    if (this.#beganAt === undefined) return undefined
    const summary = { durationMs: this.#clock.now() - this.#beganAt, attempts: this.#attempts }
    this.#beganAt = undefined
    return summary
  }

  #pause(refusedAtOnce: boolean): void {
    const { retry, outage } = this.#policy
    const pauseMs = refusedAtOnce
      ? probePauseMs(outage.probeEveryMs, this.#random)
      : backoffMs(this.#failures, retry.backoff, this.#random)
    this.#nextProbeAt = this.#clock.now() + pauseMs
  }
}
