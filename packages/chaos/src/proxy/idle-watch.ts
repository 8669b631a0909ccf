import type { FaultList, Injection } from '../faults/fault-list.js'
import type { JournalConnection } from '../journal/journal-records.js'

/** What an idle watch asks of its connection. */
export interface IdleOwner {
  readonly record: JournalConnection
  readonly faults: FaultList
  isIdle(): boolean
  strikeIdle(injection: Injection): void
}

/** Lets faults strike a connection that has been idle for as long as they want. Each counts an idle time once. */
export class IdleWatch {
  readonly #owner: IdleOwner
  readonly #counted: Set<Injection> = new Set()
  #idleSince: number | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(owner: IdleOwner) {
    this.#owner = owner
  }

  /** To be called when the connection may have become idle, and when faults were injected. */
  check(): void {
    clearTimeout(this.#timer)
    if (!this.#owner.isIdle()) return
    const now = performance.now()
    this.#idleSince ??= now
    let next = Number.POSITIVE_INFINITY
    for (const injection of this.#owner.faults.pending('idle', this.#owner.record)) {
      if (this.#counted.has(injection)) continue
      const dueInMs = this.#idleSince + (injection.trigger.idleMs ?? 0) - now
      if (dueInMs > 0) {
        next = Math.min(next, dueInMs)
        continue
      }
      this.#counted.add(injection)
      const occurrence = { phase: 'idle', connection: this.#owner.record } as const
      if (!this.#owner.faults.count(injection, occurrence)) continue
      this.#owner.strikeIdle(injection)
      if (!this.#owner.isIdle()) return
    }
    if (next < Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.check(), Math.ceil(next))
  }

  /** To be called when bytes arrive. */
  busy(): void {
    clearTimeout(this.#timer)
    this.#idleSince = undefined
    this.#counted.clear()
  }
}
