import type { BackoffPolicy } from '../policy/resolved-policy.js'

/**
 * The pause before the next attempt, in milliseconds, with full jitter: anything between 0 and a bound that starts at `initialMs`,
 * doubles with each failure and ends at `maxMs`. Full jitter, because callers that failed together must not come back together.
 *
 * @param failures - how many attempts have failed in a row, from 1.
 * @param random - gives numbers from 0 up to, not including, 1.
 */
export const backoffMs = (
  failures: number,
  { initialMs, maxMs }: BackoffPolicy,
  random: () => number = Math.random,
): number => random() * Math.min(maxMs, initialMs * 2 ** Math.max(0, failures - 1))

/**
 * The pause between probes while connects are refused at once, in milliseconds: between three quarters of `everyMs` and all of it, so
 * that many processes do not knock in step, and work goes on within about `everyMs` of the server's return.
 */
export const probePauseMs = (everyMs: number, random: () => number = Math.random): number =>
  everyMs * (0.75 + random() * 0.25)
