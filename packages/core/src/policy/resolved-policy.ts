import type { Annotation } from '../annotation/annotation.js'
import type { ErrorFacts, Verdict } from '../classification/verdict.js'
import type { ComebackLogger } from './policy.js'

/** When an idle link is pinged; see `Policy.prePing`. */
export interface PrePingPolicy {
  readonly mode: 'always' | 'never' | 'after-idle'
  readonly afterIdleMs: number
  readonly timeoutMs: number
}

/** Bounds of the pause between attempts; see `Policy.retry.backoff`. */
export interface BackoffPolicy {
  readonly initialMs: number
  readonly maxMs: number
}

/** See `Policy.retry.budget`. */
export interface BudgetPolicy {
  readonly ratio: number
  readonly minPerSecond: number
}

/** See `Policy.outage.breaker`. */
export interface BreakerPolicy {
  readonly failures: number
  readonly resetAfterMs: number
}

/** See `Policy.outage`. */
export interface OutagePolicy {
  readonly maxWaitMs: number
  readonly maxWaiting: number
  readonly probeEveryMs: number
  readonly connectTimeoutMs: number
  readonly breaker: false | BreakerPolicy
}

/** A `Policy` that has been checked and completed with its defaults; frozen through and through. */
export interface ResolvedPolicy {
  readonly prePing: PrePingPolicy
  readonly keepAlive: false | { readonly everyMs: number }
  /** 0: never replaced by age. */
  readonly maxLifetimeMs: number
  readonly lifetimeJitterMs: number
  readonly retry: {
    readonly maxAttempts: number
    readonly deadlineMs: number
    readonly backoff: BackoffPolicy
    readonly budget: BudgetPolicy
  }
  readonly writes: 'proven-unsent' | 'annotated'
  readonly reads: 'any' | 'annotated' | 'same-server'
  readonly transactions: { readonly replay: 0; readonly outcome: 'report' }
  readonly outage: OutagePolicy
  readonly watchdog: false | { readonly afterMs: number; readonly timeoutMs: number }
  /** 0: no deadline. */
  readonly statementDeadlineMs: number
  readonly sharing: 'error' | 'warn' | 'off'
  readonly classify: ((facts: ErrorFacts, next: (facts: ErrorFacts) => Verdict) => Verdict) | undefined
  readonly annotation: Annotation
  readonly logger: ComebackLogger | undefined
  readonly name: string
}
