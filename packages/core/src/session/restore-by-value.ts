/**
 * Variables that must not be set again: one-shot ones act on the next statement or hold its traces, `autocommit` is known from
 * the status flags, the rest the server sets by itself.
 */
const notRestored: ReadonlySet<string> = new Set([
  'autocommit',
  'error_count',
  'gtid_next',
  'gtid_seq_no',
  'identity',
  'insert_id',
  'last_gtid',
  'last_insert_id',
  'pseudo_thread_id',
  'rand_seed1',
  'rand_seed2',
  'statement_id',
  'timestamp',
  'warning_count',
])

const variableName = /^[a-z_][a-z0-9_]*$/
const number = /^-?\d+(?:\.\d+)?$/
/** Printable ASCII without a backslash, which is an escape or a character, as `sql_mode` has it. */
const plainText = /^[ -[\]-~]*$/

const literal = (name: string, value: string): string => {
  if (value === '' && name.startsWith('character_set_')) return 'NULL'
  if (number.test(value)) return value
  if (plainText.test(value)) return `'${value.replaceAll("'", "''")}'`
  return `CONVERT(X'${Buffer.from(value).toString('hex')}' USING utf8mb4)`
}

/** Whether a variable is part of the session's state, to be carried to a new link. */
export const isCarried = (name: string): boolean => !notRestored.has(name)

/** The statement that gives a variable its value on another link; undefined for a name that is none. */
export const setByValue = (name: string, value: string): string | undefined =>
  variableName.test(name) ? `SET SESSION ${name} = ${literal(name, value)}` : undefined

/** The statement that makes a schema the default one on another link. */
export const useSchema = (schema: string): string => `USE \`${schema.replaceAll('`', '``')}\``
