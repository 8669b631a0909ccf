import type { RestorableChange } from '../statement/statement-facts.js'
import { isCarried, setByValue, useSchema } from './restore-by-value.js'

/** What SET NAMES sets, each of which can also be set by itself. */
const namesVariables = [
  'character_set_client',
  'character_set_connection',
  'character_set_results',
  'collation_connection',
]

/** The schema and the character set first, then `sql_mode`, by which the rest is read; the rest in the order it was set in. */
const rank = (key: string): number => {
  switch (key) {
    case 'schema':
      return 0
    case 'names':
      return 1
    case 'sql_mode':
      return 2
    default:
      return 3
  }
}

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
    this.#set(name, sql)
    return true
  }

  /** The server has reported the default schema. */
  noteSchema(schema: string): void {
    if (schema === '') this.#statements.delete('schema')
    else this.#set('schema', useSchema(schema))
  }

  clear(): void {
    this.#statements.clear()
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
