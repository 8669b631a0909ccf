import type { ConnectionConfig } from '@comeback/test/database'
import type { PeerName } from './peers.js'

/** How a library is used: as it comes, over Comeback, or by one of its peers. */
export type Variant = 'stock' | 'comeback' | PeerName

/** What an application does, in the words of its library. */
export interface Client {
  /** Reads one row of `points` by its key. */
  select(): Promise<unknown>
  /** Writes one row into `written`. */
  insert(): Promise<unknown>
  /** Reads a row, writes one and changes one, in a transaction. */
  transaction(): Promise<unknown>
  /** Streams all of `points`; not every library can. */
  readonly stream?: () => Promise<number>
  close(): Promise<unknown>
}

/** Opens a library as it is mostly set up: with `SLOTS` connections. Comeback is loaded only where it is measured. */
export type Open = (variant: Variant, config: ConnectionConfig) => Promise<Client>

export const SLOTS = 10

/** What the cases write. */
export const ONE_MORE = { value: 'one more row' }
export const CHANGED = { value: 'changed' }

/** How many rows a stream had. */
export async function count(rows: AsyncIterable<unknown>): Promise<number> {
  let seen = 0
  for await (const _ of rows) seen += 1
  return seen
}
