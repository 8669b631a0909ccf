import type { FaultList } from '../faults/fault-list.js'
import type { JournalBook } from '../journal/journal.js'
import type { Gate } from './waiting.js'

/** Where a server listens. */
export type ChaosTarget =
  | {
      /** @defaultValue '127.0.0.1' */
      readonly host?: string
      readonly port: number
    }
  | { readonly socketPath: string }

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
