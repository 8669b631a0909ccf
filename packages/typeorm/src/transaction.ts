import { isLostTransaction } from '@comeback/core'
import type { TypeormRunner } from './orm-types.js'

/** The statements with which TypeORM begins and ends a transaction, or one within it. */
const STEP = /^(?:SET TRANSACTION ISOLATION|START TRANSACTION|SAVEPOINT typeorm_|COMMIT$)/
const NESTED = /^SAVEPOINT/

const STATE: unique symbol = Symbol.for('comeback.typeorm.transaction') as never

interface TransactionState {
  /** TypeORM is beginning a transaction, and has not yet said so to the server. */
  starts: boolean
  /** TypeORM is about to commit. */
  commits: boolean
  /** What the next ROLLBACK would undo has never begun, or is over: the transaction that failed is not there any more. */
  isOver: boolean
}

type Kept = TypeormRunner & { readonly [STATE]?: TransactionState }

/** Whether a statement rolls back to a savepoint. */
export function rollsBackTo(sql: string): boolean {
  return sql.startsWith('ROLLBACK TO ')
}

/**
 * A rollback to a savepoint succeeds in a lost transaction, as a whole one does: there is nothing left to undo. What follows in
 * it fails until all of it is rolled back.
 *
 * @param args - What the statement is run with, its callback last.
 */
export function tolerateLoss(args: unknown[]): void {
  const callback = args.at(-1)
  if (typeof callback !== 'function') return
  args[args.length - 1] = (error: unknown, ...results: unknown[]): void => {
    if (isLostTransaction(error)) callback(null, { affectedRows: 0, insertId: 0, warningStatus: 0 })
    else callback(error, ...results)
  }
}

/** The state of a query runner that begins transactions; from now on its methods keep it. */
function keep(runner: Kept): TransactionState {
  const known = runner[STATE]
  if (known !== undefined) return known
  const state: TransactionState = { starts: false, commits: false, isOver: false }
  const { query, rollbackTransaction } = runner
  Object.defineProperty(runner, STATE, { value: state })
  const end = async (): Promise<void> => {
    await rollbackTransaction.call(runner)
    state.isOver = true
  }
  runner.query = function keptQuery(sql, ...rest) {
    const result = query.call(runner, sql, ...rest)
    if (!STEP.test(sql)) return result
    return result.then(
      value => {
        state.starts &&= sql.startsWith('SET')
        return value
      },
      async (error: unknown) => {
        if (state.starts) startFailed(runner, state, sql, error)
        // TypeORM leaves a transaction open whose COMMIT failed; of a lost one there is nothing left.
        else if (state.commits && isLostTransaction(error)) await end().catch(() => undefined)
        throw error
      },
    )
  }
  runner.rollbackTransaction = () => {
    if (!state.isOver) return rollbackTransaction.call(runner)
    state.isOver = false
    return Promise.resolve()
  }
  return state
}

/**
 * TypeORM counts a transaction as active before it has begun, and counts one too few when it is rolled back: it then never
 * begins another one. Rolling back what never began does nothing here.
 */
function startFailed(runner: TypeormRunner, state: TransactionState, sql: string, error: unknown): void {
  state.starts = false
  if (!NESTED.test(sql)) {
    runner.isTransactionActive = false
    state.isOver = true
    return
  }
  // In a lost transaction: the outer one stays lost until it is rolled back itself, so that nothing of it is committed.
  state.isOver = isLostTransaction(error)
}

/** TypeORM is beginning a transaction on a query runner. */
export function transactionStarts(runner: TypeormRunner): void {
  Object.assign(keep(runner), { starts: true, commits: false, isOver: false })
}

/** TypeORM is about to commit a transaction of a query runner. */
export function transactionCommits(runner: TypeormRunner): void {
  Object.assign(keep(runner), { starts: false, commits: true })
}
