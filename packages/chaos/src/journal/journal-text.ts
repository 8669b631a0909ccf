import type { JournalCommand, JournalConnection } from './journal-records.js'

const shownSqlLength = 120

/** One line for a connection. */
export function connectionLine(connection: JournalConnection): string {
  const parts = [`connection ${connection.id}`]
  if (connection.threadId !== undefined) parts.push(`thread ${connection.threadId}`)
  if (connection.opaque) parts.push('opaque')
  if (connection.open) parts.push('open')
  else parts.push(`closed by ${connection.closedBy ?? 'nobody'} (${connection.closeKind ?? 'unknown'})`)
  if (!connection.open && connection.serverOpen) parts.push('server side open')
  if (connection.targetError !== undefined) parts.push(`target: ${connection.targetError}`)
  if (connection.serverErrors.length > 0) parts.push(`server errors ${connection.serverErrors.join(', ')}`)
  if (connection.faults.length > 0) parts.push(`faults ${connection.faults.join(', ')}`)
  return parts.join(', ')
}

/** One line for a command. */
export function commandLine(command: JournalCommand): string {
  const sql = command.sql?.replace(/\s+/g, ' ')
  const shown = sql !== undefined && sql.length > shownSqlLength ? `${sql.slice(0, shownSqlLength)}…` : sql
  const parts = [`forwarded ${command.forwarded}`, `answered ${command.answered}`]
  if (command.answer) parts.push(answerText(command.answer))
  if (command.fault) parts.push(`fault ${command.fault}`)
  const what = shown === undefined ? command.kind : `${command.kind} ${shown}`
  return `#${command.seq} c${command.connection}: ${what} [${parts.join(', ')}]`
}

function answerText(answer: NonNullable<JournalCommand['answer']>): string {
  switch (answer.kind) {
    case 'err':
      return `err ${answer.errno}`
    case 'rows':
      return `rows ${answer.rows}`
    case 'ok':
      return answer.affectedRows > 0 ? `ok, affected ${answer.affectedRows}` : 'ok'
    case 'other':
      return 'answer'
  }
}
