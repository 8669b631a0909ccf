import { readQueryText } from './query-text.js'

/** What a client asks for. `login` is the client's first packet; `other` a command not known here by name. */
export type CommandKind =
  | 'login'
  | 'query'
  | 'prepare'
  | 'execute'
  | 'bulk-execute'
  | 'fetch'
  | 'long-data'
  | 'reset-statement'
  | 'close-statement'
  | 'ping'
  | 'quit'
  | 'init-db'
  | 'reset-connection'
  | 'change-user'
  | 'set-option'
  | 'statistics'
  | 'field-list'
  | 'process-info'
  | 'replication'
  | 'other'

const kinds: ReadonlyMap<number, CommandKind> = new Map([
  [0x01, 'quit'],
  [0x02, 'init-db'],
  [0x03, 'query'],
  [0x04, 'field-list'],
  [0x09, 'statistics'],
  [0x0a, 'process-info'],
  [0x0e, 'ping'],
  [0x11, 'change-user'],
  [0x12, 'replication'],
  [0x13, 'replication'],
  [0x16, 'prepare'],
  [0x17, 'execute'],
  [0x18, 'long-data'],
  [0x19, 'close-statement'],
  [0x1a, 'reset-statement'],
  [0x1b, 'set-option'],
  [0x1c, 'fetch'],
  [0x1e, 'replication'],
  [0x1f, 'reset-connection'],
  [0xfa, 'bulk-execute'],
])

/** Every kind of command. */
export const commandKinds: readonly CommandKind[] = ['login', ...new Set(kinds.values()), 'other']

const aboutStatement: ReadonlySet<CommandKind> = new Set([
  'execute',
  'bulk-execute',
  'fetch',
  'long-data',
  'reset-statement',
  'close-statement',
])

const unanswered: ReadonlySet<CommandKind> = new Set(['quit', 'long-data', 'close-statement'])

/** What a command's bytes say. */
export interface ParsedCommand {
  readonly kind: CommandKind
  /** Text of a query or prepare. */
  readonly sql: string | undefined
  /** Id of the prepared statement that it is about. */
  readonly statementId: number | undefined
}

/** Reads a command from the start of its payload. Never throws: what it cannot read is `other`. */
export function parseCommand(payload: Buffer, queryAttributes: boolean): ParsedCommand {
  const kind = kinds.get(payload[0] ?? -1) ?? 'other'
  if (kind === 'query') return { kind, sql: readQueryText(payload, queryAttributes), statementId: undefined }
  if (kind === 'prepare') return { kind, sql: payload.toString('utf8', 1), statementId: undefined }
  if (aboutStatement.has(kind) && payload.length >= 5) {
    return { kind, sql: undefined, statementId: payload.readUInt32LE(1) }
  }
  return { kind, sql: undefined, statementId: undefined }
}

/** Whether a server answers this kind of command at all. */
export function isAnswered(kind: CommandKind): boolean {
  return !unanswered.has(kind)
}
