import type { ComebackEvent } from './event-types.js'

/** The latest events of one session, for the errors that it ends in. Takes no memory before something happens. */
export interface EventRing {
  /** Keeps an event; the oldest one goes when the ring is full. */
  record(event: ComebackEvent): void
  /** What is kept, oldest first; a copy. */
  recent(): readonly ComebackEvent[]
}

class LazyEventRing implements EventRing {
  readonly #capacity: number
  #events: ComebackEvent[] | undefined = undefined

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  record(event: ComebackEvent): void {
    this.#events ??= []
    this.#events.push(event)
    if (this.#events.length > this.#capacity) this.#events.shift()
  }

  recent(): readonly ComebackEvent[] {
    return this.#events === undefined ? [] : [...this.#events]
  }
}

/**
 * Makes an {@link EventRing}.
 *
 * @param capacity - events that it keeps; default 16: the loss, its recovery and what led to it.
 */
export const createEventRing = (capacity = 16): EventRing => new LazyEventRing(capacity)
