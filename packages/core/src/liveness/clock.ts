import { performance } from 'node:perf_hooks'
import timers from 'node:timers'

/** A timer that has been set. `unref` lets the process end although the timer has not fired. */
export interface TimerHandle {
  /** Lets the process end although it has not fired; the result is not used. */
  unref(): unknown
}

/** All time that the engine knows. Tests inject their own. */
export interface Clock {
  /** Milliseconds on a clock that never goes back; for durations. It may stand still while the machine sleeps. */
  now(): number
  /** Milliseconds since 1970 by the machine's calendar; for time stamps, and to notice that the machine slept. */
  wallNow(): number
  /** Calls back once, `delayMs` from now. */
  setTimeout(callback: () => void, delayMs: number): TimerHandle
  /** Ends a timer; one that has fired or is undefined is ignored. */
  clearTimeout(handle: TimerHandle | undefined): void
  /** Calls back every `everyMs` until cleared. */
  setInterval(callback: () => void, everyMs: number): TimerHandle
  /** Ends an interval. */
  clearInterval(handle: TimerHandle | undefined): void
  /** Calls back after the event loop's current poll phase. */
  setImmediate(callback: () => void): void
}

// Copied when this module loads, through the default import: named imports of a built-in module are live bindings, which fake
// timers replace. Recovery must go on while an application's tests have stopped the clock.
const now: () => number = performance.now.bind(performance)
const wallNow: () => number = Date.now.bind(Date)
const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = timers

/** The machine's own clock, out of reach of fake timers that are installed later. */
export const systemClock: Clock = Object.freeze({
  now,
  wallNow,
  setTimeout: (callback: () => void, delayMs: number): TimerHandle => setTimeout(callback, delayMs),
  clearTimeout: (handle: TimerHandle | undefined): void => {
    clearTimeout(handle as NodeJS.Timeout | undefined)
  },
  setInterval: (callback: () => void, everyMs: number): TimerHandle => setInterval(callback, everyMs),
  clearInterval: (handle: TimerHandle | undefined): void => {
    clearInterval(handle as NodeJS.Timeout | undefined)
  },
  setImmediate: (callback: () => void): void => {
    setImmediate(callback)
  },
})
