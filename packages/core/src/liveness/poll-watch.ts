import { type Clock, systemClock } from './clock.js'

/** Knows up to when the event loop has seen what reached this host, while somebody keeps asking. */
export interface PollWatch {
  /**
   * The time before which nothing has arrived at a socket of this process unseen; -Infinity when it is not known, as at the
   * first question after a while.
   *
   * @param nowMs - the time by the monotonic clock.
   */
  seenUpTo(nowMs: number): number
}

/**
 * How long the watch goes on after a question, and how long what it knows is good for: twice the longest turn of an event loop that is
 * not called overloaded.
 */
export const WATCH_MS = 100

/**
 * Makes a {@link PollWatch}. Between two check phases of the event loop lies a whole poll: what arrived before the first has been
 * seen by the second. It costs a callback for each turn and ends by itself; it keeps neither the loop turning nor the process alive.
 */
export const createPollWatch = (clock: Pick<Clock, 'now' | 'setImmediate'> = systemClock): PollWatch => {
  let isWatching = false
  let askedAt = 0
  let checkedAt = Number.NEGATIVE_INFINITY
  let seenUpTo = Number.NEGATIVE_INFINITY

  const check = (): void => {
    const nowMs = clock.now()
    isWatching = nowMs - askedAt <= WATCH_MS
    seenUpTo = isWatching ? checkedAt : Number.NEGATIVE_INFINITY
    checkedAt = isWatching ? nowMs : Number.NEGATIVE_INFINITY
    if (isWatching) clock.setImmediate(check).unref()
  }

  return {
    seenUpTo: nowMs => {
      askedAt = nowMs
      if (!isWatching) {
        isWatching = true
        clock.setImmediate(check).unref()
      }
      return seenUpTo
    },
  }
}
