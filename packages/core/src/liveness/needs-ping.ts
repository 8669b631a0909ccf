import type { PrePingPolicy } from '../policy/resolved-policy.js'

/** What it depends on whether a link is pinged before it is used. */
export interface PingQuestion {
  /** Milliseconds since anything was read from the link. */
  readonly idleMs: number
  /** The policy's `prePing`. */
  readonly policy: PrePingPolicy
  /** Whether the statement about to be sent could be sent again if it were lost: then it is its own ping. */
  readonly resendable: boolean
}

/** Whether a link that a peek has found alive must also answer a ping before the next statement is sent on it. */
export const needsPing = ({ idleMs, policy, resendable }: PingQuestion): boolean => {
  switch (policy.mode) {
    case 'always':
      return true
    case 'never':
      return false
    case 'after-idle':
      return idleMs >= policy.afterIdleMs && !resendable
  }
}
