import type { FaultList } from '../faults/fault-list.js'
import type { JournalBook } from '../journal/journal.js'
import type { ChaosTarget } from './target.js'
import type { Gate } from './waiting.js'

/** What the connections of a proxy have in common. */
export interface Host {
  readonly faults: FaultList
  readonly journal: JournalBook
  /** Shut while the whole proxy stands still. */
  readonly frozen: Gate
  /** Where a new connection goes. */
  target(): ChaosTarget
  /** An error of the proxy's own, which must not be lost. */
  failed(error: unknown): void
}
