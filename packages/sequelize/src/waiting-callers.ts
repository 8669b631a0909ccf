import { DatabaseUnavailableError } from '@comeback/core'
import type { SequelizeConnectionManager, WaitingCallers } from './orm-types.js'

type Open<C> = (config: unknown) => Promise<C>

/** The pool that a connection with this configuration is opened for. */
function poolFor({ pool, config }: SequelizeConnectionManager, target: unknown): WaitingCallers {
  const readers = config.replication ? config.replication.read : []
  const isReader = Array.isArray(readers) && readers.includes(target)
  return (isReader ? pool.read : pool.write) ?? pool
}

/** Whoever waits for a connection at the moment, the first one first. */
function waitingCallers({ _pendingAcquires: waiting }: WaitingCallers): readonly object[] {
  return Array.isArray(waiting) ? waiting : []
}

/**
 * Opens connections for Sequelize's pool. The pool fails the first of its waiting callers for each connection that could not be opened,
 * and then opens another one for the next, one after the other. But when opening was given up, all who waited when it began have
 * waited as long as the policy allows: what the pool opens while one of them waits fails at once.
 */
export function openForAll<C>(manager: SequelizeConnectionManager, open: Open<C>): Open<C> {
  const given = new WeakMap<WaitingCallers, { error: unknown; up: Set<object> }>()

  return async config => {
    const pool = poolFor(manager, config)
    const late = given.get(pool)
    // They are the first in the queue, and the pool takes its callers from there.
    const caller = late && waitingCallers(pool).find(one => late.up.has(one))
    if (caller !== undefined) {
      late?.up.delete(caller)
      throw late?.error
    }
    const before = [...waitingCallers(pool)]
    try {
      return await open(config)
    } catch (error) {
      if (error instanceof DatabaseUnavailableError && error.reason === 'deadline') {
        // The pool itself fails the first.
        const [first, ...others] = waitingCallers(pool)
        const up = new Set(
          [...before, ...(late?.up ?? [])].filter(one => one !== first && others.includes(one)),
        )
        given.set(pool, { error, up })
      }
      throw error
    }
  }
}
