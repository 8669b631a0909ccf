import type { JournalConnection } from '@comeback/chaos'
import type { Ran } from '../sweep/observe.js'
import type { Task } from '../sweep/tasks.js'
import type { Side } from './side.js'

/** What the journal's clock and this process's own may differ by. */
const toleranceMs = 50

const endsTransaction = (sql: string | undefined): boolean =>
  /^\s*(?:COMMIT|ROLLBACK(?!.*\bTO\b))\b/i.test(sql ?? '')

const endedWithin = (connection: JournalConnection, fromMs: number): boolean =>
  connection.closedBy !== 'client' && (connection.closedAtMs ?? -1) >= fromMs - toleranceMs

/**
 * Whether the request that decides on a task was written to a connection whose end was already on its way: the proxy never saw it, and
 * the client can not know that.
 */
function vanished({ proxy, known, openedAt }: Side, { marker, decidedBy }: Task, elapsedMs: number): boolean {
  const { commands, connections } = proxy.journal
  const own = commands.filter(({ sql }) => sql?.includes(marker) === true)
  const last = own.at(-1)
  const all = [...known, ...connections]
  if (decidedBy === 'request' || last === undefined) {
    const fromMs = performance.now() - openedAt - elapsedMs
    return last === undefined && all.some(connection => endedWithin(connection, fromMs))
  }
  const later = commands.filter(({ connection, seq }) => connection === last.connection && seq > last.seq)
  if (later.some(({ sql }) => endsTransaction(sql))) return false
  return all.some(connection => connection.id === last.connection && endedWithin(connection, last.atMs))
}

/** What was seen, with an unknown outcome excused that could not be known for a reason that is not in the journal. */
export function excused(ran: Ran, task: Task, side: Side): Ran {
  if (ran.unanswered || ran.error?.reported !== 'unknown') return ran
  return { ...ran, unanswered: vanished(side, task, ran.elapsedMs) }
}
