import { type Clock, systemClock, type TimerHandle } from '../liveness/clock.js'

/** Why somebody no longer waits. */
export type EndOfWait = 'deadline' | 'aborted'

/** What a {@link Deadline} is made of. */
export interface DeadlineOptions {
  /** Milliseconds from now. */
  readonly afterMs: number
  readonly signal?: AbortSignal | undefined
  /** Called at most once, unless the deadline was cleared before. */
  readonly onEnd: (why: EndOfWait) => void
  readonly clock?: Clock
}

/** A point in time on the monotonic clock, or the abort of a signal, whichever comes first. Holds a timer until it is cleared. */
export class Deadline {
  /** When it passes, on the clock's `now()`. */
  readonly at: number
  readonly #clock: Clock
  readonly #signal: AbortSignal | undefined
  readonly #onAbort: () => void
  #timer: TimerHandle | undefined

  constructor({ afterMs, signal, onEnd, clock = systemClock }: DeadlineOptions) {
    this.#clock = clock
    this.#signal = signal
    this.at = clock.now() + afterMs
    const end = (why: EndOfWait): void => {
      this.clear()
      onEnd(why)
    }
    this.#onAbort = () => {
      end('aborted')
    }
    this.#timer = clock.setTimeout(() => {
      end('deadline')
    }, afterMs)
    signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** Milliseconds left; never negative. */
  remainingMs(): number {
    return Math.max(0, this.at - this.#clock.now())
  }

  /** Ends it without a call; does nothing the second time. */
  clear(): void {
    this.#clock.clearTimeout(this.#timer)
    this.#timer = undefined
    this.#signal?.removeEventListener('abort', this.#onAbort)
  }
}
