import { isDatabaseUnavailable } from '@comeback/core'
import type { SequelizeConnectionManager, WaitingCallers } from './orm-types.js'

type Open<C> = (config: unknown) => Promise<C>

/** The pool that a connection with this configuration is opened for. */
function poolFor({ pool, config }: SequelizeConnectionManager, target: unknown): Partial<WaitingCallers> {
  const readers = config.replication ? config.replication.read : []
  const isReader = Array.isArray(readers) && readers.includes(target)
  return (isReader ? pool.read : pool.write) ?? pool
}

/**
 * Opens connections for Sequelize's pool. The pool fails the first of its waiting callers for each connection that could not be opened,
 * and then opens another one for the next, one after the other. But when opening was given up, all who waited when it began have
 * waited as long as the policy allows: what the pool opens for them fails at once.
 */
export function openForAll<C>(manager: SequelizeConnectionManager, open: Open<C>): Open<C> {
  const givenUp = new WeakMap<object, { error: unknown; callers: number }>()

  /** The pool asks for the next connection within the same turn of the event loop. */
  const failOthers = (pool: object, error: unknown, callers: number): void => {
    givenUp.set(pool, { error, callers })
    setImmediate(() => givenUp.delete(pool))
  }

  return async config => {
    const pool = poolFor(manager, config)
    const late = givenUp.get(pool)
    if (late !== undefined && late.callers > 0) {
      late.callers -= 1
      throw late.error
    }
    const before = pool.waiting ?? 0
    try {
      return await open(config)
    } catch (error) {
      // The pool itself fails the first.
      if (isDatabaseUnavailable(error)) failOthers(pool, error, before - 1)
      throw error
    }
  }
}
