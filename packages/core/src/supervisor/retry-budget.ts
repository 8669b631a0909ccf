import { type Clock, systemClock } from '../liveness/clock.js'
import type { BudgetPolicy } from '../policy/resolved-policy.js'

/** The budget starts with this many seconds' worth of `minPerSecond`, and never saves up more of it. */
const reserveSeconds = 10

/** The most tokens that successful statements can save up, so that a long quiet day does not pay for a storm. */
const mostEarned = 1_000

/**
 * Tokens for sending statements again: successful statements earn a share of one, and each second a few. When they are spent,
 * resending stops until they are earned again, so that it can not multiply the load on a server in trouble.
 */
export class RetryBudget {
  readonly #policy: BudgetPolicy
  readonly #clock: Pick<Clock, 'now'>
  readonly #most: number
  #tokens: number
  #successes = 0
  #settledAt: number

  constructor(policy: BudgetPolicy, clock: Pick<Clock, 'now'> = systemClock) {
    this.#policy = policy
    this.#clock = clock
    this.#tokens = policy.minPerSecond * reserveSeconds
    this.#most = this.#tokens + (policy.ratio > 0 ? mostEarned : 0)
    this.#settledAt = clock.now()
  }

  /** Counts a successful statement; nothing but an increment. */
  succeeded(): void {
    this.#successes++
  }

  /** Whether {@link RetryBudget.take} would give a token now. */
  available(): boolean {
    this.#settle()
    return this.#tokens >= 1
  }

  /** Takes a token if there is one. */
  take(): boolean {
    if (!this.available()) return false
    this.#tokens--
    return true
  }

  /** Tokens that are there now; never negative, never above the most that can be saved up. */
  get tokens(): number {
    this.#settle()
    return this.#tokens
  }

  #settle(): void {
    const nowMs = this.#clock.now()
    const { ratio, minPerSecond } = this.#policy
    const earned = this.#successes * ratio + ((nowMs - this.#settledAt) / 1_000) * minPerSecond
    this.#tokens = Math.min(this.#most, this.#tokens + earned)
    this.#successes = 0
    this.#settledAt = nowMs
  }
}
