import { ComebackError } from '@comeback/core'
import { type AfterCommitHook, type SequelizeTransaction, setMethod } from './orm-types.js'

const ENDING: unique symbol = Symbol.for('comeback.sequelize.ending') as never

/** A COMMIT or ROLLBACK that is under way; among the options of its transaction, which Sequelize hands to the statement. */
interface Ending {
  failure?: ComebackError
}

interface EndingOptions {
  [ENDING]?: Ending | undefined
}

/**
 * Keeps the failure of a COMMIT or ROLLBACK from Sequelize, which would write a line to the console that nobody can turn off; the
 * call that ends the transaction fails with it.
 */
export function withheldFailure(options: object, result: Promise<unknown>): Promise<unknown> {
  const ending = (options as EndingOptions)[ENDING]
  if (ending === undefined) return result
  return result.catch((error: unknown) => {
    if (!(error instanceof ComebackError)) throw error
    ending.failure = error
  })
}

/** Ends a transaction, and then runs what waits for its end. */
async function endQuietly(
  transaction: SequelizeTransaction,
  end: () => Promise<void>,
  hooks: readonly AfterCommitHook[],
): Promise<void> {
  const ending: Ending = {}
  const options = transaction.options as EndingOptions
  options[ENDING] = ending
  try {
    await end.call(transaction)
  } finally {
    options[ENDING] = undefined
  }
  if (ending.failure !== undefined) throw ending.failure
  for (const hook of hooks) await hook.call(transaction, transaction as never)
}

const NO_HOOKS: readonly AfterCommitHook[] = []

/**
 * Sequelize's transaction with two things mended: what is to run after COMMIT does not run if COMMIT has failed, and what the
 * caller is told is not told to the console as well.
 */
export function honestTransaction<T extends SequelizeTransaction>(transaction: T): T {
  const hooks: AfterCommitHook[] = []
  const { commit, rollback } = transaction

  setMethod(transaction, 'afterCommit', hook => {
    if (typeof hook !== 'function') throw new Error('"fn" must be a function')
    hooks.push(hook)
  })

  setMethod(transaction, 'commit', () => endQuietly(transaction, commit, hooks))

  setMethod(transaction, 'rollback', () => endQuietly(transaction, rollback, NO_HOOKS))

  return transaction
}
