import { type Clock, systemClock } from './clock.js'

/** Notices that the process did not run for a while: SIGSTOP, a frozen container, a machine that slept, a blocked event loop. */
export interface FreezeWatch {
  /**
   * Compares the clocks with the last look, and calls back if too much time has passed. To be called from the supervisor's sweep,
   * and before a link is handed out: after a freeze that may come first.
   *
   * @returns whether a freeze was noticed by this look.
   */
  tick(nowMs: number): boolean
  /** Starts over from now, after a time in which nobody was due to look. */
  reset(): void
}

/** What a {@link FreezeWatch} is made of. */
export interface FreezeWatchOptions {
  /** Told how long the process stood still. */
  readonly onFreeze: (gapMs: number) => void
  /**
   * A gap between two looks that counts as a freeze. Default 2,000: far above the sweep's period, and below every time after which
   * a server or a firewall drops a flow. A false alarm costs a peek or a ping for each link.
   */
  readonly thresholdMs?: number
  readonly clock?: Clock
}

/** Makes a {@link FreezeWatch}. It has no timer of its own. */
export const createFreezeWatch = (options: FreezeWatchOptions): FreezeWatch => {
  const { onFreeze, thresholdMs = 2_000, clock = systemClock } = options
  let lastMs = clock.now()
  let lastWallMs = clock.wallNow()
  return {
    tick: nowMs => {
      const wallMs = clock.wallNow()
      // The monotonic clock stands still while some machines sleep; the calendar goes on.
      const gapMs = Math.max(nowMs - lastMs, wallMs - lastWallMs)
      lastMs = nowMs
      lastWallMs = wallMs
      if (gapMs < thresholdMs) return false
      onFreeze(gapMs)
      return true
    },
    reset: () => {
      lastMs = clock.now()
      lastWallMs = clock.wallNow()
    },
  }
}
