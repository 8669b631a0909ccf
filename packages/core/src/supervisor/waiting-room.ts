import { type Clock, systemClock } from '../liveness/clock.js'
import { Deadline, type EndOfWait } from './deadline.js'

/** What a {@link WaitingRoom} is bounded by. */
export interface WaitingRoomOptions {
  /** How many may wait. */
  readonly maxWaiting: number
  /** How long each may wait, in milliseconds. */
  readonly maxWaitMs: number
  readonly clock?: Clock
}

/** How one guest waits. */
export interface StayOptions {
  /** The guest's own limit in milliseconds, where it has one. */
  readonly remainingMs?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Called once if the guest's time is over or its signal is aborted; it has left by then. */
  readonly onEnd: (why: EndOfWait) => void
}

/** Guests in the order in which they came, each with the time it has left. */
export class WaitingRoom<T extends object> {
  readonly #options: WaitingRoomOptions
  readonly #clock: Clock
  readonly #stays = new Map<T, Deadline>()

  constructor(options: WaitingRoomOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  /** Guests in the room, those being served included. */
  get size(): number {
    return this.#stays.size
  }

  /**
   * Whether there is no seat for another guest.
   *
   * @param served - guests that are being served, who need no seat.
   */
  isFull(served: number): boolean {
    return this.#stays.size - served >= this.#options.maxWaiting
  }

  /** Lets a guest in, whether there is a seat or not. */
  enter(guest: T, { remainingMs = Number.POSITIVE_INFINITY, signal, onEnd }: StayOptions): void {
    const deadline = new Deadline({
      afterMs: Math.min(remainingMs, this.#options.maxWaitMs),
      signal,
      clock: this.#clock,
      onEnd: why => {
        this.#stays.delete(guest)
        onEnd(why)
      },
    })
    this.#stays.set(guest, deadline)
  }

  /** Lets a guest out; false if it is not here any more. */
  leave(guest: T): boolean {
    this.#stays.get(guest)?.clear()
    return this.#stays.delete(guest)
  }

  /** Milliseconds that a guest has left; 0 if it is not here. */
  remainingMs(guest: T): number {
    return this.#stays.get(guest)?.remainingMs() ?? 0
  }

  /** The guests, first come first. */
  guests(): IterableIterator<T> {
    return this.#stays.keys()
  }

  /** The first guest, in the order of coming, that fits. */
  first(fits: (guest: T) => boolean): T | undefined {
    for (const guest of this.#stays.keys()) if (fits(guest)) return guest
    return undefined
  }
}
