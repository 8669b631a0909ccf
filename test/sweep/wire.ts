import type { Journal, JournalCommand } from '@comeback/chaos'
import { endsLink } from './loss-numbers.js'
import type { Task } from './tasks.js'

const isCommit = (sql: string | undefined): boolean => /^\s*COMMIT\b/i.test(sql ?? '')

/** Of a task, the requests that decide on its effect, as the proxy saw them. */
function decisive(
  journal: Pick<Journal, 'commands'>,
  { marker, decidedBy }: Task,
): readonly JournalCommand[] {
  const own = journal.commands.filter(({ sql }) => sql?.includes(marker) === true)
  if (decidedBy !== 'commit') return own
  return journal.commands.filter(
    ({ sql, connection, seq }) =>
      isCommit(sql) && own.some(statement => statement.connection === connection && statement.seq < seq),
  )
}

/**
 * Whether a decisive request left the client and its answer did not wholly come back, or says only that the link ends: then nobody
 * there can know.
 */
export const isUnanswered = (journal: Pick<Journal, 'commands'>, task: Task): boolean =>
  decisive(journal, task).some(({ answered, answer }) => answered !== 'yes' || endsLink(answer?.errno))
