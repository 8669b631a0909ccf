import { findComebackError, LostTransactionError } from '@comeback/core'

/** Whether an error says of a transaction that it was lost with its link and that nothing of it is in the database. */
function isRolledBack(error: unknown): boolean {
  const lost = findComebackError(error, LostTransactionError)
  // Who has set a deadline, or has called the work off, does not want it done again.
  return lost?.outcome === 'rolled-back' && lost.reason !== 'deadline' && lost.reason !== 'aborted'
}

/** Runs something that is one transaction, and again from its beginning while it is lost and known to be rolled back. */
export async function replayed<T>(run: () => PromiseLike<T>, replays: number): Promise<T> {
  for (let left = replays; ; left -= 1) {
    try {
      return await run()
    } catch (error) {
      if (left === 0 || !isRolledBack(error)) throw error
    }
  }
}
