import { DatabaseUnavailableError } from '@comeback/core'
import type { KnexClient, WaitingCaller } from './orm-types.js'

/** Whoever waits for a connection at the moment, if it is Knex's own pool that makes them wait, and tells them of failures. */
function waitingCallers({ pool }: KnexClient): readonly WaitingCaller[] {
  if (!Array.isArray(pool?.pendingAcquires) || pool.propagateCreateError === false) return []
  return pool.pendingAcquires
}

/**
 * Opens a connection for Knex's pool. The pool fails the first of its waiting callers for each connection that could not be opened, and
 * lets the others wait for the next attempt, one after the other. But when opening was given up, all who waited when it began have
 * waited as long as the policy allows.
 *
 * @throws whatever `open` rejects with.
 */
export async function openForAll<C>(client: KnexClient, open: () => Promise<C>): Promise<C> {
  const before = [...waitingCallers(client)]
  try {
    return await open()
  } catch (error) {
    if (error instanceof DatabaseUnavailableError && error.reason === 'deadline') {
      const now = new Set(waitingCallers(client))
      // The pool itself fails the first.
      for (const caller of before.filter(one => now.has(one)).slice(1)) caller.reject(error)
    }
    throw error
  }
}
