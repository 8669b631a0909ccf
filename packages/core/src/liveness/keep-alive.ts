/** Below this a keepalive would be a load of its own. */
const leastMs = 250

/** What the period of the keepalive follows from. */
export interface KeepAliveQuestion {
  /** What the policy allows. */
  readonly everyMs: number
  /** The server's `wait_timeout` for this link in seconds, where it is known. */
  readonly waitTimeoutSeconds?: number | undefined
}

/**
 * How often an idle link is pinged, in milliseconds: what the policy says, but at most half the time after which the server would
 * close it, so that one ping may be late. At least 250.
 */
export const keepAliveEveryMs = ({ everyMs, waitTimeoutSeconds }: KeepAliveQuestion): number => {
  if (waitTimeoutSeconds === undefined || !(waitTimeoutSeconds > 0)) return everyMs
  return Math.min(everyMs, Math.max(leastMs, waitTimeoutSeconds * 500))
}
