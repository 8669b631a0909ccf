import type { Comparison } from './interleave.js'
import type { LivenessCost } from './liveness.js'
import type { Outage } from './outages.js'
import type { Recovery } from './recovery.js'
import type { StackName } from './stacks.js'

/** A comparison, and which library's it is. */
export interface Row extends Comparison {
  readonly stack: StackName
}

/** All that one run has measured. */
export interface Figures {
  readonly rows: readonly Row[]
  readonly liveness: LivenessCost
  readonly heap: { readonly stock: number; readonly added: number }
  /** Knex over Comeback only. */
  readonly recoveries: readonly Recovery[]
  /** Each library, as it comes, over Comeback and by its peers. */
  readonly outages: readonly Outage[]
  readonly pinned: boolean
}

const byCallers = (recoveries: readonly Recovery[], pick: (one: Recovery) => number): object =>
  Object.fromEntries(recoveries.map(one => [one.callers, pick(one)]))

/** The figures as one line of JSON. */
export function toJson({ rows, liveness, heap, recoveries, outages }: Figures): string {
  return JSON.stringify({
    rows: rows.map(row => ({
      stack: row.stack,
      case: row.case,
      ratio: row.ratio,
      ratioError: row.ratioError,
      control: row.control,
      ratioInContexts: row.ratioInContexts,
      contexts: row.contexts,
      peers: row.peers,
    })),
    peekUs: liveness.peekUs,
    pingUs: liveness.pingUs,
    heapPerSessionBytes: heap.added,
    recoveryMs: byCallers(recoveries, one => one.recoveryMs),
    connects: byCallers(recoveries, one => one.connects),
    outages,
  })
}
