/** How long a duration is, for people. */
function span(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}

/** Says how far the sweep is and how long it will still take: on one line of a terminal, elsewhere now and then. */
export class Progress {
  readonly #total: number
  readonly #startedAt: number = performance.now()
  readonly #isLive: boolean = process.stderr.isTTY === true
  #done = 0
  #violating = 0
  #saidAt = 0

  constructor(total: number) {
    this.#total = total
  }

  step(isViolating: boolean): void {
    this.#done += 1
    if (isViolating) this.#violating += 1
    const now = performance.now()
    const everyMs = this.#isLive ? 200 : 10_000
    if (now - this.#saidAt < everyMs && this.#done < this.#total) return
    this.#saidAt = now
    const elapsed = now - this.#startedAt
    const left = (elapsed / this.#done) * (this.#total - this.#done)
    const text = `${this.#done} of ${this.#total} points, ${this.#violating} with violations, ${span(left)} left`
    process.stderr.write(this.#isLive ? `\r${text.padEnd(70)}` : `${text}\n`)
    if (this.#isLive && this.#done === this.#total) process.stderr.write('\n')
  }
}
