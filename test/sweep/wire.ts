import type { Journal, JournalCommand } from '@comeback/chaos'
import { endsLink } from './loss-numbers.js'
import { silenceMs } from './policy.js'
import type { Task } from './tasks.js'

const isCommit = (sql: string | undefined): boolean => /^\s*COMMIT\b/i.test(sql ?? '')
const endsTransaction = (sql: string | undefined): boolean =>
  isCommit(sql) || /^\s*ROLLBACK\b(?!.*\bTO\b)/i.test(sql ?? '')

/** A prepare executes nothing. */
const executes: readonly string[] = ['query', 'execute', 'bulk-execute']

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
  // Whatever ends a transaction after this one belongs to somebody else.
  const end = journal.commands.find(
    ({ sql, connection, seq }) => connection === last.connection && seq > last.seq && endsTransaction(sql),
  )
  return isCommit(end?.sql) ? end : undefined
}

/** What comes later than a client waits in silence finds it gone. */
const cameTooLate = ({ atMs, answeredAtMs }: JournalCommand): boolean =>
  answeredAtMs !== undefined && answeredAtMs - atMs >= silenceMs

/**
 * Whether the decisive request left the client and its answer did not wholly come back in time, or says only that the link ends: then
 * nobody there can know.
 */
export function isUnanswered(journal: Pick<Journal, 'commands'>, task: Task): boolean {
  const request = decisive(journal, task)
  if (request === undefined) return false
  return request.answered !== 'yes' || cameTooLate(request) || endsLink(request.answer?.errno)
}
