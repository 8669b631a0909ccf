import type { Policy } from '@comeback/core'

const deadlineMs = 1_500
const maxWaitMs = 1_500
const watchdog = { afterMs: 100, timeoutMs: 300 }

/** Of the stacks that have one. Short, so that silence costs little. */
export const policy: Policy = {
  retry: { deadlineMs },
  outage: { maxWaitMs, connectTimeoutMs: 300 },
  prePing: { afterIdleMs: 1_000, timeoutMs: 300 },
  watchdog,
}

/** How long an answer is waited for on a connection that says nothing. */
export const silenceMs: number = watchdog.afterMs + watchdog.timeoutMs

/** For those who come before in the queue for a slot, and for a machine that is busy with other things. */
const allowanceMs = 2_000

/** When a promise counts as one that never settles: it may wait for a link, and then for its statement, each as long as the policy says. */
export const patienceMs: number = maxWaitMs + deadlineMs + allowanceMs
