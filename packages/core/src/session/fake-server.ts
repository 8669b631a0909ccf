import type { SessionChange } from './session-change.js'

/** What a server holds of one session: the truth that a tracker is measured by. */
interface State {
  readonly variables: Map<string, string>
  readonly left: Set<string>
  schema: string
  isAutocommit: boolean
  transaction: { readonly characteristics: string; statements: number } | undefined
  announced: string
}

/** How a statement was answered. */
interface Answer {
  readonly flags: readonly number[]
  readonly change?: SessionChange
  readonly isError: boolean
}

const reported = ['time_zone', 'character_set_client', 'character_set_connection', 'character_set_results']

/**
 * A session of a server, as far as the statements go that the model test uses. It reports what both servers report by default,
 * and `sql_mode` not at all.
 */
export class FakeServer {
  readonly #state: State = {
    variables: new Map(),
    left: new Set(),
    schema: 'first',
    isAutocommit: true,
    transaction: undefined,
    announced: '',
  }

  get isInTransaction(): boolean {
    return this.#state.transaction !== undefined
  }

  /** Statements that the open transaction has run. */
  get statements(): number {
    return this.#state.transaction?.statements ?? 0
  }

  /** Whether there is anything that no other session can be given. */
  get isIrreplaceable(): boolean {
    return this.#state.left.size > 0 || !this.#state.isAutocommit
  }

  /** All that another session can be given, to compare. */
  get restorable(): object {
    const { variables, schema, transaction, announced } = this.#state
    return {
      variables: [...variables].sort(),
      schema,
      transaction: transaction?.characteristics,
      announced,
    }
  }

  get #flags(): number {
    return (this.isInTransaction ? 1 : 0) | (this.#state.isAutocommit ? 2 : 0)
  }

  /** Runs a statement; `hidden` is what the body of a procedure does. */
  run(sql: string, fate: 'ok' | 'fails' | 'deadlock' = 'ok', hidden: readonly string[] = []): Answer {
    const before = new Map(this.#state.variables)
    const schema = this.#state.schema
    if (fate === 'deadlock') this.#state.transaction = undefined
    const isRefused = sql.startsWith('SET TRANSACTION') && this.isInTransaction
    if (fate !== 'ok' || isRefused) {
      // A definition commits before it fails; a procedure fails behind what it has done.
      if (sql.startsWith('CREATE TABLE') || sql.startsWith('LOCK')) this.#state.transaction = undefined
      if (fate === 'fails') for (const part of hidden) this.#run(part)
      return { flags: [], isError: true }
    }
    for (const part of hidden) this.#run(part)
    if (hidden.length === 0) this.#run(sql)
    const variables = new Map(
      [...this.#state.variables].filter(
        ([name, value]) => reported.includes(name) && before.get(name) !== value,
      ),
    )
    return {
      flags: [this.#flags],
      isError: false,
      change: {
        ...(schema === this.#state.schema ? {} : { schema: this.#state.schema }),
        ...(variables.size === 0 ? {} : { variables }),
      },
    }
  }

  ping(): Answer {
    return { flags: [this.#flags], isError: false }
  }

  #run(sql: string): void {
    const state = this.#state
    const set = /^SET (?:SESSION )?(\w+) ?= ?'?(.*?)'?$/.exec(sql)
    if (/^(BEGIN|START)/.test(sql)) {
      state.transaction = {
        characteristics: `${state.announced}${/READ ONLY/.exec(sql)?.[0] ?? ''}`,
        statements: 0,
      }
      state.announced = ''
    } else if (sql.startsWith('SET TRANSACTION')) state.announced = sql
    else if (sql === 'COMMIT AND CHAIN') state.transaction &&= { ...state.transaction, statements: 0 }
    else if (sql === 'COMMIT' || sql === 'ROLLBACK') {
      state.transaction = undefined
      state.announced = ''
    } else if (sql.startsWith('USE')) state.schema = sql.replaceAll('`', '').slice(4)
    else if (sql.startsWith('SET NAMES')) this.#setNames(sql.split(' '))
    else if (set?.[1] === 'autocommit') this.#setAutocommit(set[2] === '1')
    else if (set?.[1] !== undefined) state.variables.set(set[1], set[2] === 'NULL' ? '' : (set[2] ?? ''))
    else this.#plain(sql)
  }

  #plain(sql: string): void {
    const state = this.#state
    if (/^(CREATE TABLE|LOCK|UNLOCK)/.test(sql)) state.transaction = undefined
    if (sql.startsWith('CREATE TABLE')) state.announced = ''
    const leaves = /^SET (@\w)|^(LOCK) TABLES|(GET_LOCK)|CREATE (TEMPORARY)/.exec(sql)?.slice(1).find(Boolean)
    if (leaves !== undefined) state.left.add(leaves)
    if (sql.startsWith('UNLOCK')) state.left.delete('LOCK')
    if (/^(INSERT|SELECT|SAVEPOINT)/.test(sql)) {
      if (!state.isAutocommit) state.transaction ??= { characteristics: state.announced, statements: 0 }
      if (sql.includes(' t') || !state.isAutocommit) state.announced = ''
      if (state.transaction !== undefined) state.transaction.statements += 1
    }
  }

  #setAutocommit(isOn: boolean): void {
    if (isOn && !this.#state.isAutocommit) this.#state.transaction = undefined
    this.#state.isAutocommit = isOn
  }

  #setNames(words: readonly string[]): void {
    const charset = words[2] ?? ''
    for (const of of ['client', 'connection', 'results'])
      this.#state.variables.set(`character_set_${of}`, charset)
    this.#state.variables.set('collation_connection', words[4] ?? `${charset}_default`)
  }
}
