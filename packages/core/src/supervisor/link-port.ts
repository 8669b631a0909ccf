import type { Verdict } from '../classification/verdict.js'

/**
 * What opens links for a supervisor.
 *
 * @typeParam L - a link.
 * @typeParam C - what a link is opened for or with. A link goes to callers with the same (`===`) context only.
 */
export interface LinkPort<L, C = unknown> {
  /**
   * Opens a link and logs in. May reject with anything; may also never settle, or settle after the signal was aborted: a link that comes
   * too late is closed.
   *
   * @param timeoutMs - when the signal will be aborted at the latest.
   */
  openLink(signal: AbortSignal, timeoutMs: number, context: C): Promise<L>
  /** Closes a link that was opened and is not wanted. Must not throw. */
  closeLink(link: L): void
  /** What an error of `openLink` proves. One that is not retryable is the caller's; any other one means that the database is away. */
  classifyConnectError(error: unknown, context: C): Verdict
}

/** Who asks for a link, and how long for. */
export interface OpenRequest<C = unknown> {
  /** See {@link LinkPort}. Default: undefined, the same for all callers. */
  readonly context?: C
  /** Milliseconds that the caller has left. Default: as long as `outage.maxWaitMs`, which bounds it in any case. */
  readonly remainingMs?: number | undefined
  /** Ends the wait when aborted; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** The loss that made the caller ask; its code is kept when no link can be had. */
  readonly firstError?: unknown
}
