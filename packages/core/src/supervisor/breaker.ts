import type { BreakerPolicy } from '../policy/resolved-policy.js'

/** `closed`: work goes through; `open`: refused; `half-open`: one caller tries, all others are refused. */
export type BreakerState = 'closed' | 'open' | 'half-open'

/**
 * Refuses to connect for a while after a row of failed attempts. It guards the opening of links only: a link that works is never in
 * its way, so a COMMIT or ROLLBACK is not either.
 */
export class Breaker {
  readonly #policy: false | BreakerPolicy
  readonly #onChange: (state: BreakerState) => void
  #state: BreakerState = 'closed'
  #failures = 0
  #openedAt = 0

  constructor(policy: false | BreakerPolicy, onChange: (state: BreakerState) => void = () => undefined) {
    this.#policy = policy
    this.#onChange = onChange
  }

  get state(): BreakerState {
    return this.#state
  }

  /** Whether a new caller may come in. The first one after the pause makes an open breaker half-open. */
  admits(nowMs: number): boolean {
    if (this.#policy === false || this.#state === 'closed') return true
    if (this.#state === 'half-open' || nowMs - this.#openedAt < this.#policy.resetAfterMs) return false
    this.#become('half-open')
    return true
  }

  /** The database has answered. */
  succeeded(): void {
    this.#failures = 0
    this.#become('closed')
  }

  /** An attempt has failed. */
  failed(nowMs: number): void {
    this.#failures++
    if (this.#policy === false) return
    if (this.#state !== 'half-open' && this.#failures < this.#policy.failures) return
    this.#openedAt = nowMs
    this.#become('open')
  }

  /** The caller that tried has gone without a result; the next one may try at once. */
  trialAbandoned(): void {
    if (this.#state === 'half-open') this.#become('open')
  }

  #become(state: BreakerState): void {
    if (this.#state === state) return
    this.#state = state
    this.#onChange(state)
  }
}
