import type { Journal, JournalCommand } from '@comeback/chaos'
import { endsLink } from './loss-numbers.js'
import { silenceMs } from './policy.js'
import type { Task } from './tasks.js'

const isCommit = (sql: string | undefined): boolean => /^\s*COMMIT\b/i.test(sql ?? '')
const endsTransaction = (sql: string | undefined): boolean =>
  isCommit(sql) || /^\s*ROLLBACK\b(?!.*\bTO\b)/i.test(sql ?? '')

/** A prepare executes nothing. */
const executes: readonly string[] = ['query', 'execute', 'bulk-execute']

/** What ends the transaction of a command. Whatever ends one after that belongs to somebody else. */
const endBehind = (of: JournalCommand, commands: readonly JournalCommand[]): JournalCommand | undefined =>
  commands.find(
    ({ sql, connection, seq }) => connection === of.connection && seq > of.seq && endsTransaction(sql),
  )

/** Of a task, the last request that decides on its effect, as the proxy saw it: what was asked before has been asked again. */
function decisive(
  journal: Pick<Journal, 'commands'>,
  { marker, decidedBy }: Task,
): JournalCommand | undefined {
  const own = journal.commands.filter(
    ({ kind, sql }) => executes.includes(kind) && sql?.includes(marker) === true,
  )
  const last = own.at(-1)
  if (decidedBy !== 'commit' || last === undefined) return last
  const end = endBehind(last, journal.commands)
  return isCommit(end?.sql) ? end : undefined
}

type Wire = Pick<Journal, 'commands' | 'connections'>

/**
 * Whether a request may have been written into a connection whose end was on its way: the proxy never saw it, and the client can not
 * know that.
 */
function mayHaveVanished({ commands, connections }: Wire, { marker, decidedBy }: Task): boolean {
  const own = commands.filter(({ sql }) => sql?.includes(marker) === true)
  const last = own.at(-1)
  const endedOnTheirOwn = connections.filter(
    ({ closedBy }) => closedBy !== undefined && closedBy !== 'client',
  )
  if (last === undefined) return endedOnTheirOwn.length > 0
  // Of a transaction, only what would have come next on its own connection.
  if (decidedBy !== 'commit' || endBehind(last, commands)) return false
  return endedOnTheirOwn.some(({ id }) => id === last.connection)
}

/** What comes later than a client waits in silence finds it gone. */
const cameTooLate = ({ atMs, answeredAtMs }: JournalCommand): boolean =>
  answeredAtMs !== undefined && answeredAtMs - atMs >= silenceMs

/**
 * Whether the decisive request left the client and its answer did not wholly come back in time, or says only that the link ends: then
 * nobody there can know. Nor if it vanished with its connection.
 */
export function isUnanswered(journal: Wire, task: Task): boolean {
  const request = decisive(journal, task)
  if (request === undefined) return mayHaveVanished(journal, task)
  return request.answered !== 'yes' || cameTooLate(request) || endsLink(request.answer?.errno)
}
