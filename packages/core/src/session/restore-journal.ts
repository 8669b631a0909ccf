import { variableKey } from '../statement/session-variables.js'
import type { RestorableChange } from '../statement/statement-facts.js'
import { isCarried, setByValue, useSchema } from './restore-by-value.js'

/** What SET NAMES sets, each of which can also be set by itself. */
const namesVariables = [
  'character_set_client',
  'character_set_connection',
  'character_set_results',
  'collation_connection',
]

/** The role first, whose rights the schema may need; what the rest is read by before the rest, which keeps its order. */
const first: readonly string[] = ['role', 'schema', 'names', 'sql_mode']

const rank = (key: string): number => (first.includes(key) ? first.indexOf(key) : first.length)

/** The session's restorable changes: one statement for each thing that was set, the last one. */
export class RestoreJournal {
  readonly #statements = new Map<string, string>()

  /** A statement has set this by literal values. */
  note({ key, sql }: RestorableChange): void {
    if (!isCarried(key)) return
    if (key === 'names') for (const name of namesVariables) this.#statements.delete(name)
    this.#set(key, sql)
  }

  /** The server has reported a variable's value, which holds against any text. False if it can not be restored. */
  noteValue(name: string, value: string): boolean {
    if (!isCarried(name)) return true
    const sql = setByValue(name, value)
    if (sql === undefined) return false
    this.#set(variableKey(name), sql)
    return true
  }

  /** The server has reported the default schema. */
  noteSchema(schema: string): void {
    if (schema === '') this.#statements.delete('schema')
    else this.#set('schema', useSchema(schema))
  }

  /** The statement that restores one thing, if it was set. */
  get(key: string): string | undefined {
    return this.#statements.get(key)
  }

  clear(): void {
    this.#statements.clear()
  }

  /** Forgets all but the default schema. */
  clearButSchema(): void {
    for (const key of this.#statements.keys()) if (key !== 'schema') this.#statements.delete(key)
  }

  /** What a new link must run, in order. */
  statements(): string[] {
    return [...this.#statements].sort(([one], [other]) => rank(one) - rank(other)).map(([, sql]) => sql)
  }

  #set(key: string, sql: string): void {
    this.#statements.delete(key)
    this.#statements.set(key, sql)
  }
}

/** Whether SET NAMES, whose text says more (a collation), accounts for a reported variable. */
export const isSetByNames = (name: string): boolean => namesVariables.includes(name)
