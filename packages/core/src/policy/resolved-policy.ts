import type { Annotation } from '../annotation/annotation.js'
import type { ErrorFacts, Verdict } from '../classification/verdict.js'
import type { ComebackLogger } from './policy.js'

/** When an idle link is pinged; see `Policy.prePing`. */
export interface PrePingPolicy {
  /** `after-idle` where the policy gave an object or nothing. */
  readonly mode: 'always' | 'never' | 'after-idle'
  /** Idle for at least so many milliseconds; read with `after-idle` only. */
  readonly afterIdleMs: number
  /** Milliseconds after which a ping without an answer means a dead link, in every mode and for the keepalive. */
  readonly timeoutMs: number
}

/** Bounds of the pause between attempts; see `Policy.retry.backoff`. */
export interface BackoffPolicy {
  /** The first bound in milliseconds; at most `maxMs`. */
  readonly initialMs: number
  /** The bound in milliseconds that doubling ends at. */
  readonly maxMs: number
}

/** See `Policy.retry.budget`. */
export interface BudgetPolicy {
  /** Tokens that each successful statement earns, from 0 to 1. */
  readonly ratio: number
  /** Tokens earned each second whatever the load. */
  readonly minPerSecond: number
}

/** See `Policy.outage.breaker`. */
export interface BreakerPolicy {
  /** Failed attempts in a row that open it. */
  readonly failures: number
  /** Milliseconds for which it refuses before one caller may try again. */
  readonly resetAfterMs: number
}

/** See `Policy.outage`. */
export interface OutagePolicy {
  /** Milliseconds for which unsent work waits for the database. */
  readonly maxWaitMs: number
  /** Callers that may wait at once. */
  readonly maxWaiting: number
  /** Milliseconds between attempts while connects are refused at once. */
  readonly probeEveryMs: number
  /** Milliseconds after which one attempt to connect and log in has failed. */
  readonly connectTimeoutMs: number
  /** `false`: callers wait, they are not refused for attempts that failed. */
  readonly breaker: false | BreakerPolicy
}

/** A `Policy` that has been checked and completed with its defaults; frozen through and through. */
export interface ResolvedPolicy {
  /** When an idle link is pinged. */
  readonly prePing: PrePingPolicy
  /** `false`, or how often idle links are pinged, before the server's own `wait_timeout` is taken into account. */
  readonly keepAlive: false | { readonly everyMs: number }
  /** 0: never replaced by age. */
  readonly maxLifetimeMs: number
  /** Milliseconds, less than `maxLifetimeMs` unless both are 0. */
  readonly lifetimeJitterMs: number
  /** How often and how long a statement that may be sent again is tried. */
  readonly retry: {
    /** Attempts in all, the first one included. */
    readonly maxAttempts: number
    /** Milliseconds from the first loss until the statement must have settled. */
    readonly deadlineMs: number
    /** Pause between attempts. */
    readonly backoff: BackoffPolicy
    /** How many statements that may have run may be sent again. */
    readonly budget: BudgetPolicy
  }
  /** Which writes may be sent again. `'exactly-once'` has been refused. */
  readonly writes: 'proven-unsent' | 'annotated'
  /** Which reads may be sent again, and where to. */
  readonly reads: 'any' | 'annotated' | 'same-server'
  /** The one choice that this version has: a lost transaction is reported. */
  readonly transactions: { readonly replay: 0; readonly outcome: 'report' }
  /** What happens while the database can not be reached. */
  readonly outage: OutagePolicy
  /** Silence in milliseconds before a host is probed, and how long the probe may take; `false`: no probes. */
  readonly watchdog: false | { readonly afterMs: number; readonly timeoutMs: number }
  /** 0: no deadline. */
  readonly statementDeadlineMs: number
  /** What becomes of a statement from a foreign process, thread or flow. */
  readonly sharing: 'error' | 'warn' | 'off'
  /** The caller's own classification, where there is one. */
  readonly classify: ((facts: ErrorFacts, next: (facts: ErrorFacts) => Verdict) => Verdict) | undefined
  /** For statements that say nothing themselves; `{}` where none was given. */
  readonly annotation: Annotation
  /** `undefined`: nothing is logged. */
  readonly logger: ComebackLogger | undefined
  /** The pool's name in events and logs. */
  readonly name: string
}
