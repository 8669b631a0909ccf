import type { JournalCommand } from '../journal/journal-records.js'
import type { CommandKind } from '../protocol/command.js'

/** Chooses commands: by their SQL, or by anything else that the journal knows of them when they arrive. */
export type CommandMatch = RegExp | ((command: JournalCommand) => boolean)

/** One kind of command, several, or all of them. The login is a phase of its own. */
export type KindChoice = Exclude<CommandKind, 'login'> | readonly Exclude<CommandKind, 'login'>[] | 'any'

const executing: readonly Exclude<CommandKind, 'login'>[] = ['query', 'execute', 'bulk-execute']

/**
 * A predicate of both. With `match` and no `kind`, only commands that execute SQL are meant: a prepared statement is
 * chosen when it is executed, not when it is prepared.
 */
export function selectCommands(
  match: CommandMatch | undefined,
  kind: KindChoice | undefined,
): (command: JournalCommand) => boolean {
  const choice = kind ?? (match === undefined ? 'any' : executing)
  const kinds: readonly string[] = typeof choice === 'string' ? [choice] : choice
  const rightKind = (command: JournalCommand): boolean => choice === 'any' || kinds.includes(command.kind)
  if (match === undefined) return rightKind
  if (typeof match === 'function') return command => rightKind(command) && match(command)
  const pattern = new RegExp(match.source, match.flags.replace(/[gy]/g, ''))
  return command => rightKind(command) && pattern.test(command.sql ?? '')
}
