import type { JournalConnection } from '@comeback/chaos'
import type { Ran } from '../sweep/observe.js'
import type { Task } from '../sweep/tasks.js'
import { type Side, silenceMs } from './side.js'

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

/**
 * Whether the answer came in the moment in which the client gave up waiting for it: it had waited as long as it does in silence, and
 * closed the connection itself. The proxy cannot see which of the two was first.
 */
function crossed({ proxy, known, openedAt }: Side, { marker }: Task): boolean {
  const { commands, connections } = proxy.journal
  const last = commands.findLast(({ sql }) => sql?.includes(marker) === true)
  if (!last) return false
  const end = commands.find(
    ({ connection, seq, sql }) => connection === last.connection && seq > last.seq && endsTransaction(sql),
  )
  const waitedMs = performance.now() - openedAt - (end ?? last).atMs
  const connection = [...known, ...connections].find(({ id }) => id === last.connection)
  const isGivenUp = connection?.open === true || connection?.closedBy === 'client'
  return isGivenUp && waitedMs > silenceMs - toleranceMs
}

export type Excuse = 'vanished' | 'crossed'

/** Why an unknown outcome could not be known, where the journal shows that the deciding request was answered, or shows none. */
export function excuseOf(ran: Ran, task: Task, side: Side): Excuse | undefined {
  if (ran.unanswered || ran.error?.reported !== 'unknown' || task.decidedBy === undefined) return undefined
  if (vanished(side, task, ran.elapsedMs)) return 'vanished'
  return crossed(side, task) ? 'crossed' : undefined
}
