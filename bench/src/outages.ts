import type { Variant } from './stack.js'
import type { StackName } from './stacks.js'

/**
 * `restart`: the server is stopped and started, the callers call while it is down. `cut`: all connections are closed in the moment in
 * which the callers call. `silence`: idle connections are forgotten on the way, as by a firewall; new ones are served.
 */
export type OutageKind = 'restart' | 'cut' | 'silence'

/** How an outage ends for so many callers; each that gets an error calls again every `AGAIN_MS` ms. */
export interface Outage {
  readonly stack: StackName
  readonly variant: Variant
  readonly kind: OutageKind
  readonly callers: number
  /**
   * From the moment at which the server accepts connections (with `cut` and `silence`: at which the callers call) to the first
   * success, the median of the rounds; undefined if nobody succeeded within `BOUND_MS`.
   */
  readonly recoveryMs: number | undefined
  /** Callers that got an error, in the worst round. */
  readonly failed: number
  /** Callers whose first call had no end within `BOUND_MS`, in the worst round. */
  readonly hung: number
  readonly rounds: number
}

export const AGAIN_MS = 10
/** Longer than the longest deadline of any library that has one. */
export const BOUND_MS = 25_000
