import { type Clock, systemClock, type TimerHandle } from '../liveness/clock.js'

/** Something that wants to look at the clock every now and then. */
export interface SweepTarget {
  /**
   * Called with each look. Must not throw: the targets behind it would not be called.
   *
   * @param nowMs - the clock's `now()`.
   */
  tick(nowMs: number): void
}

/** What a {@link Sweep} is made of. */
export interface SweepOptions {
  /** How often it looks. Default 100: deadlines are late by at most that. */
  readonly everyMs?: number
  /** Called when it starts to look, after a time in which nothing was watched. */
  readonly onStart?: () => void
  /** Called with each look, before the targets. */
  readonly onTick?: (nowMs: number) => void
  /** Default: `systemClock`. */
  readonly clock?: Clock
}

/**
 * One coarse interval for all that a pool has to look after (deadlines, silence, keepalive, lifetimes), so that no statement needs a
 * timer. Runs only while something is watched, and never keeps the process alive.
 */
export class Sweep {
  readonly #everyMs: number
  readonly #options: SweepOptions
  readonly #clock: Clock
  readonly #targets = new Set<SweepTarget>()
  #interval: TimerHandle | undefined

  constructor(options: SweepOptions = {}) {
    this.#everyMs = options.everyMs ?? 100
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  /** Whether anything is watched. */
  get isRunning(): boolean {
    return this.#interval !== undefined
  }

  /** Ticks the target until the returned function is called, which may be from within the tick, and more than once. */
  watch(target: SweepTarget): () => void {
    this.#targets.add(target)
    this.#start()
    return () => {
      this.#targets.delete(target)
      if (this.#targets.size === 0) this.#stop()
    }
  }

  /** Forgets all targets. */
  clear(): void {
    this.#targets.clear()
    this.#stop()
  }

  #start(): void {
    if (this.#interval !== undefined) return
    this.#options.onStart?.()
    this.#interval = this.#clock.setInterval(() => {
      this.#look()
    }, this.#everyMs)
    this.#interval.unref()
  }

  #stop(): void {
    this.#clock.clearInterval(this.#interval)
    this.#interval = undefined
  }

  #look(): void {
    const nowMs = this.#clock.now()
    this.#options.onTick?.(nowMs)
    for (const target of this.#targets) target.tick(nowMs)
  }
}
