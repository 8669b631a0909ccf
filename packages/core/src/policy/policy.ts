import type { Annotation } from '../annotation/annotation.js'
import type { ErrorFacts, Verdict } from '../classification/verdict.js'

/** Where Comeback writes what it did. `console` fits; so do pino and winston. Never given SQL or values. */
export interface ComebackLogger {
  debug?(message: string, fields: object): void
  info?(message: string, fields: object): void
  warn(message: string, fields: object): void
  error(message: string, fields: object): void
}

/** The second argument of every `comeback(config, policy)`; all of it optional. Durations are milliseconds. */
export interface Policy {
  /** When an idle link is pinged before use. The free peek is always on. */
  readonly prePing?: 'always' | 'never' | { readonly afterIdleMs?: number; readonly timeoutMs?: number }
  /** Idle links are pinged this often, so that firewalls do not forget them. `false` turns it off. */
  readonly keepAlive?: false | { readonly everyMs?: number }
  /** A link older than this is replaced when it is next checked out. */
  readonly maxLifetimeMs?: number
  /** Spread of `maxLifetimeMs`, so that links opened together do not end together. */
  readonly lifetimeJitterMs?: number
  readonly retry?: {
    readonly maxAttempts?: number
    readonly deadlineMs?: number
    readonly backoff?: { readonly initialMs?: number; readonly maxMs?: number }
    readonly budget?: { readonly ratio?: number; readonly minPerSecond?: number }
  }
  readonly writes?: 'proven-unsent' | 'annotated' | 'exactly-once'
  readonly reads?: 'any' | 'annotated' | 'same-server'
  readonly transactions?: { readonly replay?: number; readonly outcome?: 'report' }
  readonly outage?: {
    /** How long unsent work waits for the database. */
    readonly maxWaitMs?: number
    /** How many callers may wait at once. */
    readonly maxWaiting?: number
    /** While connects are refused at once, the one probing caller tries this often. */
    readonly probeEveryMs?: number
    /** A connect attempt that has not logged in by then is given up and counts as failed. */
    readonly connectTimeoutMs?: number
    readonly breaker?: false | { readonly failures?: number; readonly resetAfterMs?: number }
  }
  /** Looks after statements that have had no answer for long: is the link, the thread, the host still there? */
  readonly watchdog?: false | { readonly afterMs?: number; readonly timeoutMs?: number }
  /** A statement that has not settled by then is abandoned and killed on the server. `0`: no deadline. */
  readonly statementDeadlineMs?: number
  readonly sharing?: 'error' | 'warn' | 'off'
  /** The caller's own rules, asked first; `next` is the built-in classification. */
  readonly classify?: (facts: ErrorFacts, next: (facts: ErrorFacts) => Verdict) => Verdict
  /** Annotation for every statement without one of its own. */
  readonly annotation?: Annotation
  readonly logger?: ComebackLogger | false
  /** Names the pool in events and logs. */
  readonly name?: string
}
