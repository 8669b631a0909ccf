import type { Annotation } from '../annotation/annotation.js'
import type { ErrorFacts, Verdict } from '../classification/verdict.js'

/**
 * Where Comeback writes what it did. `console` fits; so do winston, and pino (which prints the message and leaves the fields out).
 * Never given SQL or values.
 */
export interface ComebackLogger {
  /** What is of interest only while Comeback itself is looked into: suspicions, kills. Left out: such events are not logged. */
  debug?(message: string, fields: object): void
  /** Losses that were mended. Left out: such events are not logged. */
  info?(message: string, fields: object): void
  /** What an application got as an error, or may soon: a lost transaction, an outage. */
  warn(message: string, fields: object): void
  /** What needs a person: a write of unknown outcome, a statement that the server dies of. */
  error(message: string, fields: object): void
}

/**
 * The second argument of every `comeback(config, policy)`; all of it optional. Durations are whole or fractional milliseconds,
 * at most 2,147,483,647 (24.8 days: the longest that a timer of Node takes). Anything unknown, of the wrong type, out of bounds
 * or contradictory is refused with a `ComebackConfigError` that names the option.
 */
export interface Policy {
  /**
   * When an idle link is pinged before use. `'always'`: before the first statement of every checkout; `'never'`: not at all. A
   * statement that could be sent again is its own ping and goes without. The free peek is always on.
   */
  readonly prePing?:
    | 'always'
    | 'never'
    | {
        /** Idle for at least this long. From 0. Default 1,000: below that a peek shows nearly every loss, for 1/20 of the cost. */
        readonly afterIdleMs?: number
        /** A ping without an answer by then means a dead link. From 1. Default 1,000. */
        readonly timeoutMs?: number
      }
  /** Idle links are pinged, so that neither the server nor a firewall forgets them. `false` turns it off. */
  readonly keepAlive?:
    | false
    | {
        /**
         * How often. From 100. Default 60,000: firewalls and NAT gateways forget an idle flow after 4 to 6 minutes. It is shortened
         * to half the server's own `wait_timeout` where that is less.
         */
        readonly everyMs?: number
      }
  /**
   * A link older than this is replaced when it is next checked out. From 0; `0`: never. Default 1,800,000 (30 minutes): links follow a
   * changed address or a failover within that time.
   */
  readonly maxLifetimeMs?: number
  /**
   * A link's own lifetime is shorter than `maxLifetimeMs` by a random part of this, so that links opened together do not end together.
   * From 0, below `maxLifetimeMs`. Default 60,000, or a tenth of `maxLifetimeMs` where that is less.
   */
  readonly lifetimeJitterMs?: number
  /** How often and how long a statement that may be sent again is tried. */
  readonly retry?: {
    /** Attempts in all, the first one included; `1`: nothing is sent twice. Whole, from 1 to 1,000. Default 4. */
    readonly maxAttempts?: number
    /** From the first loss until the statement must have settled. From 1. Default 10,000. */
    readonly deadlineMs?: number
    /** Pause between attempts to connect or send: a random part of a bound that doubles each time. */
    readonly backoff?: {
      /** The first bound. From 1, at most `maxMs`. Default 25: longer than a killed thread takes to go, shorter than anybody notices. */
      readonly initialMs?: number
      /** The last bound. From 1. Default 1,000. */
      readonly maxMs?: number
    }
    /** Keeps resent statements from piling up on a server in trouble. Statements that were provably not sent need no token. */
    readonly budget?: {
      /** Tokens that each successful statement earns. From 0 to 1. Default 0.1: resending adds at most a tenth to the load. */
      readonly ratio?: number
      /** Tokens earned each second whatever the load; ten seconds' worth is there from the start. From 0 to 1,000,000. Default 10. */
      readonly minPerSecond?: number
    }
  }
  /**
   * Which writes may be sent again. `'proven-unsent'` (default): those proved never to have run, and those declared idempotent;
   * `'annotated'`: only those declared idempotent. `'exactly-once'` is not available in this version.
   */
  readonly writes?: 'proven-unsent' | 'annotated' | 'exactly-once'
  /**
   * Which reads may be sent again. `'any'` (default): those whose text shows that they depend on no session state; `'annotated'`: only
   * those declared idempotent; `'same-server'`: as `'any'`, but only to the server that was asked first.
   */
  readonly reads?: 'any' | 'annotated' | 'same-server'
  /** What becomes of a transaction whose connection is lost. */
  readonly transactions?: {
    /** How often a lost transaction's callback is run again. Only `0` (default) is available in this version. */
    readonly replay?: number
    /** `'report'` (default): a lost transaction is an error that says what is known. Nothing else is available in this version. */
    readonly outcome?: 'report'
  }
  /** What happens while the database can not be reached. */
  readonly outage?: {
    /** How long unsent work waits for the database. From 1. Default 10,000: longer than a restart or a failover takes. */
    readonly maxWaitMs?: number
    /** How many callers may wait at once; one more is refused at once. Whole, from 0 to 1,000,000. Default 1,000. */
    readonly maxWaiting?: number
    /**
     * While connects are refused at once (a server that restarts), the one probing caller tries about this often. From 1. Default 40:
     * work goes on within 50 ms of the server's return.
     */
    readonly probeEveryMs?: number
    /** An attempt that has not logged in by then is given up and counts as failed. From 1. Default 3,000: one lost SYN is repeated after 1 s. */
    readonly connectTimeoutMs?: number
    /**
     * Refuses new work at once, instead of letting it wait, after a row of failed attempts to connect. Default `false`: waiting is bounded
     * already, and a breaker turns a short restart into errors. `{}` turns it on. It never stands in the way of a link that works.
     */
    readonly breaker?:
      | false
      | {
          /** Failed attempts in a row that open it. Whole, from 1 to 1,000,000. Default 20. */
          readonly failures?: number
          /** How long it refuses before one caller may try again. From 1. Default 5,000. */
          readonly resetAfterMs?: number
        }
  }
  /** Looks after statements that have had no answer for long: is the host still there? `false` turns it off. */
  readonly watchdog?:
    | false
    | {
        /** Silence before the host is probed over a second link. From 100. Default 5,000: ordinary slow statements are left alone. */
        readonly afterMs?: number
        /** A probe without an answer by then means a dead link. From 1. Default 1,000. */
        readonly timeoutMs?: number
      }
  /** A statement that has not settled by then is abandoned and killed on the server. From 0; `0` (default): no deadline. */
  readonly statementDeadlineMs?: number
  /**
   * A statement from a foreign process, thread or async flow inside an open transaction. Default `'error'`. Flows of a pool are told
   * apart from Node 24 on, and before it in applications that use an AsyncLocalStorage of their own; those of a single connection always.
   */
  readonly sharing?: 'error' | 'warn' | 'off'
  /** The caller's own rules, asked first; `next` is the built-in classification. */
  readonly classify?: (facts: ErrorFacts, next: (facts: ErrorFacts) => Verdict) => Verdict
  /** Annotation for every statement without one of its own. Default: none. */
  readonly annotation?: Annotation
  /** Default `false`: nothing is logged. Events on `node:diagnostics_channel` are there either way. */
  readonly logger?: ComebackLogger | false
  /** Names the pool in events and logs. Not empty. Default `'default'`. */
  readonly name?: string
}
