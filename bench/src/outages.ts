import type { Variant } from './stack.js'
import type { StackName } from './stacks.js'

/**
 * `restart`: the server is stopped and started, the callers call while it is down. `cut`: all connections are closed in the moment in
 * which the callers call. `silence`: idle connections are forgotten on the way, as by a firewall; new ones are served.
 */
export type OutageKind = 'restart' | 'cut' | 'silence'

export const outageKinds: readonly OutageKind[] = ['restart', 'cut', 'silence']

/** What became of the callers in one outage. */
export interface Result {
  /** From the moment at which the server accepts connections to the first success; undefined if there was none. */
  readonly recoveryMs: number | undefined
  /** Callers that got an error. */
  readonly failed: number
  /** Callers whose first call had no end within `BOUND_MS`. */
  readonly hung: number
  /**
   * Errors that nobody caught, which end a process that does not listen for them. Unknown with `silence`, whose outages all run at the
   * same time.
   */
  readonly uncaught: number | undefined
}

/** How outages of one kind end for so many callers: the median of the times, and the worst of the counts. */
export interface Outage extends Result {
  readonly stack: StackName
  readonly variant: Variant
  readonly kind: OutageKind
  readonly callers: number
  readonly rounds: number
}

/** Who got an error and calls again waits so long between. */
export const AGAIN_MS = 10
/** Longer than the longest deadline of any library that has one: the AWS wrapper's of 20 s. */
export const BOUND_MS = 25_000
