import type { Server } from '@comeback/test/database'
import type { Ending, Work } from './load.js'
import type { SideName } from './side.js'

/** What became of one application's work: what it was told, and what the tables hold. */
export interface Tally {
  readonly acknowledged: number
  /** Ended in an error that does not know, or says that nothing was done. */
  readonly failed: number
  /** Ended in an honest "nobody knows". */
  readonly unknown: number
  /** Rows that are there more than once. */
  readonly duplicated: number
  /** Acknowledged, and not there or only half there. */
  readonly lost: number
  /** Never ended. */
  readonly hung: number
  readonly longestWaitMs: number
}

/** How often each reference is in the tables; half an order counts as none. */
async function truth(server: Server, side: SideName): Promise<ReadonlyMap<string, number>> {
  const rows = await server.admin.query<{ reference: string; n: number }>(
    `SELECT reference, COUNT(*) AS n FROM (
       SELECT o.reference FROM test.orders o WHERE o.side = ?
         AND (SELECT COUNT(*) FROM test.order_lines l WHERE l.order_id = o.id) = 2
       UNION ALL SELECT reference FROM test.notes WHERE side = ?
     ) AS written GROUP BY reference`,
    [side, side],
  )
  return new Map(rows.map(({ reference, n }) => [reference, Number(n)]))
}

/** Counts in the tables, not in the application's own books. */
export async function tally(server: Server, side: SideName, book: readonly Work[]): Promise<Tally> {
  const written = await truth(server, side)
  const ended = (ending: Ending): number => book.filter(work => work.ending === ending).length
  const mustBeThere = book.filter(({ kind, ending }) => kind !== 'look' && ending === 'acknowledged')
  const waits = book.map(({ startedAtMs, endedAtMs }) => (endedAtMs ?? startedAtMs) - startedAtMs)
  return {
    acknowledged: ended('acknowledged'),
    failed: ended('failed'),
    unknown: ended('unknown'),
    duplicated: [...written.values()].filter(count => count > 1).length,
    lost: mustBeThere.filter(({ reference }) => !written.has(reference)).length,
    hung: ended('hung'),
    longestWaitMs: Math.round(Math.max(0, ...waits)),
  }
}
