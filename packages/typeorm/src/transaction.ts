import { isLostTransaction } from '@comeback/core'
import type { TypeormRunner } from './orm-types.js'

/** With which statements TypeORM begins a transaction, and one within it. */
const BEGINS = /^(?:SET|START) TRANSACTION/
const NESTED = /^SAVEPOINT/

const STATE: unique symbol = Symbol.for('comeback.typeorm.transaction') as never

interface TransactionState {
  /** What TypeORM is about to do, and has not yet done. */
  step: 'start' | 'commit' | undefined
  /** Settles when a transaction that has failed is over, if nobody has rolled it back yet: there is nothing to roll back. */
  over: Promise<void> | undefined
}

type Kept = TypeormRunner & { [STATE]?: TransactionState }

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

/** TypeORM begins a transaction on a query runner; it waits for what is returned, and for nothing otherwise. */
export function transactionStarts(runner: Kept): Promise<void> | undefined {
  runner[STATE] ??= { step: undefined, over: undefined }
  const state = runner[STATE]
  state.step = 'start'
  const { over } = state
  if (over === undefined) {
    // TypeORM asks for it next, where it does not take back what it has noted of the transaction; it gets the same promise.
    runner.connect().catch(() => neverBegan(runner, state))
    return undefined
  }
  state.over = undefined
  return over.then(() => {
    runner.isTransactionActive = true
    return transactionStarts(runner)
  })
}

/** TypeORM has begun a transaction. */
export function transactionStarted(runner: Kept): void {
  if (runner[STATE] !== undefined) runner[STATE].step = undefined
}

/** TypeORM is about to commit a transaction. */
export function transactionCommits(runner: Kept): void {
  if (runner[STATE] !== undefined) runner[STATE].step = 'commit'
}

/** A statement has failed; what it was to do for a transaction of TypeORM's is put right before the application is told. */
export function statementFailed(runner: Kept, sql: string, error: unknown): Promise<void> | undefined {
  const state = runner[STATE]
  if (state?.step === 'start' && BEGINS.test(sql)) neverBegan(runner, state)
  else if (state?.step === 'start' && NESTED.test(sql) && isLostTransaction(error)) {
    // The outer one stays lost until it is rolled back itself, so that nothing of it is committed.
    nothingToRollBack(runner, state)
  } else if (state?.step === 'commit' && sql === 'COMMIT' && isLostTransaction(error)) {
    return commitLost(runner, state)
  }
  return undefined
}

/**
 * TypeORM counts a transaction as active before it has begun, and counts one too few when it is rolled back: it then never
 * begins another one.
 */
function neverBegan(runner: TypeormRunner, state: TransactionState): void {
  runner.isTransactionActive = false
  nothingToRollBack(runner, state)
}

/** TypeORM leaves a transaction open whose COMMIT failed; of a lost one there is nothing left. */
function commitLost(runner: TypeormRunner, state: TransactionState): Promise<void> {
  const over = runner.rollbackTransaction().catch(() => {
    runner.isTransactionActive = true
  })
  // TypeORM 0.3 tells the application at once, and not when this is done.
  runner.isTransactionActive = false
  nothingToRollBack(runner, state, over)
  return over
}

/** Whoever takes it upon himself to roll back after a failure finds it done, once. */
function nothingToRollBack(runner: TypeormRunner, state: TransactionState, over = Promise.resolve()): void {
  state.step = undefined
  state.over = over
  if (Object.hasOwn(runner, 'rollbackTransaction')) return
  const { rollbackTransaction } = runner
  runner.rollbackTransaction = () => {
    const rolledBack = state.over ?? rollbackTransaction.call(runner)
    state.over = undefined
    return rolledBack
  }
}
