import { ComebackError } from '@comeback/core'
import { type AfterCommitHook, type SequelizeTransaction, setMethod } from './orm-types.js'

const COMMIT: unique symbol = Symbol.for('comeback.sequelize.commit') as never

/** A COMMIT that is under way, and what it failed with. */
interface Commit {
  failure?: ComebackError
}

interface Committing {
  [COMMIT]?: Commit | undefined
}

/**
 * Keeps the failure of a lost COMMIT from Sequelize, which would write a line to the console that nobody can turn off; the
 * transaction's `commit()` fails with it.
 */
export function withheldCommit(
  transaction: object | null | undefined,
  result: Promise<unknown>,
): Promise<unknown> {
  const commit = (transaction as Committing | null | undefined)?.[COMMIT]
  if (commit === undefined) return result
  return result.catch((error: unknown) => {
    if (!(error instanceof ComebackError)) throw error
    commit.failure = error
  })
}

/** Sequelize's transaction with one thing mended: what is to run after COMMIT does not run if COMMIT has failed. */
export function honestTransaction<T extends SequelizeTransaction>(transaction: T): T {
  const hooks: AfterCommitHook[] = []
  const commitOf = transaction.commit

  setMethod(transaction, 'afterCommit', hook => {
    if (typeof hook !== 'function') throw new Error('"fn" must be a function')
    hooks.push(hook)
  })

  setMethod(transaction, 'commit', async () => {
    const commit: Commit = {}
    const committing = transaction as Committing
    committing[COMMIT] = commit
    try {
      await commitOf.call(transaction)
    } finally {
      committing[COMMIT] = undefined
    }
    if (commit.failure !== undefined) throw commit.failure
    for (const hook of hooks) await hook.call(transaction, transaction as never)
  })

  return transaction
}
