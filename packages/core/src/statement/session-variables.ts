/**
 * Variables whose setting can not be repeated on another link: they serve once, they refer to this link or to a
 * moment, they change what reads mean in a way that the reads do not show, or their values change only a part.
 */
const notRepeatable: ReadonlySet<string> = new Set([
  'error_count',
  'gtid_next',
  'gtid_seq_no',
  'identity',
  'immediate_server_version',
  'insert_id',
  'last_insert_id',
  'optimizer_switch',
  'optimizer_trace',
  'original_commit_timestamp',
  'original_server_version',
  'rand_seed1',
  'rand_seed2',
  'skip_replication',
  'sql_auto_is_null',
  'timestamp',
  'warning_count',
])

/** Whether setting this session variable (in lower case) to a literal value can be repeated on a new link. */
export function isRepeatable(variable: string): boolean {
  return !notRepeatable.has(variable) && !variable.startsWith('pseudo_') && !variable.startsWith('debug')
}

const aliases: ReadonlyMap<string, string> = new Map([
  ['tx_isolation', 'transaction_isolation'],
  ['tx_read_only', 'transaction_read_only'],
])

/** One key for a variable that goes by several names. */
export function variableKey(variable: string): string {
  return aliases.get(variable) ?? variable
}

/** Written as `@@name` without a scope, these hold for the next transaction only. */
export const nextTransactionOnly: ReadonlySet<string> = new Set([
  'transaction_isolation',
  'transaction_read_only',
])
