import type { SuspicionReason } from '../events/event-types.js'

/**
 * Counts the times at which all links of a pool became suspects. A link remembers the number under which it was last known to be
 * good, and is looked at before its next use when the number has moved on.
 */
export class Generation {
  readonly #onSuspicion: (reason: SuspicionReason, gapMs: number | undefined) => void
  #number = 0

  constructor(onSuspicion: (reason: SuspicionReason, gapMs: number | undefined) => void = () => undefined) {
    this.#onSuspicion = onSuspicion
  }

  get number(): number {
    return this.#number
  }

  /**
   * Makes suspects of all links.
   *
   * @param since - the number that the lost link was last good under: an old one proves nothing about links that were
   * looked at since, so it changes nothing.
   */
  suspectAll(reason: SuspicionReason, since: number = this.#number, gapMs?: number): void {
    if (since < this.#number) return
    this.#number++
    this.#onSuspicion(reason, gapMs)
  }
}
