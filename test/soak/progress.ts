import type { State } from './soak.js'

const clock = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** Says how far the soak is: on one line of a terminal, elsewhere now and then. */
export class Progress {
  readonly #write: (text: string) => void
  readonly #isLive: boolean
  readonly #totalMs: number
  #saidAt = 0

  constructor(write: (text: string) => void, isLive: boolean, totalMs: number) {
    this.#write = write
    this.#isLive = isLive
    this.#totalMs = totalMs
  }

  show({ elapsedMs, round, ledger: { total }, findings, troubles }: State): void {
    const everyMs = this.#isLive ? 200 : 10_000
    if (elapsedMs - this.#saidAt < everyMs) return
    this.#saidAt = elapsedMs
    const left = elapsedMs < this.#totalMs ? `${clock(this.#totalMs - elapsedMs)} left` : 'last round'
    const tasks = `${total.acknowledged} acknowledged, ${total.failed} failed, ${total.unknown} unknown`
    const text = `${clock(elapsedMs)}, ${left} · round ${round} · ${troubles.struck} faults · ${tasks} · ${findings.count} violations`
    this.#write(this.#isLive ? `\r${text.padEnd(110)}` : `${text}\n`)
  }

  end(): void {
    if (this.#isLive) this.#write('\n')
  }
}
