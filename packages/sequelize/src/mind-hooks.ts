import type { SupervisedSessions } from '@comeback/mysql2'
import type { Connection } from 'mysql2'
import { drop } from './hand-over.js'
import { type SequelizeInstance, setMethod } from './orm-types.js'

/** The hooks that are given a connection which nobody has in hand yet. */
const HOOKS: readonly string[] = ['afterPoolAcquire', 'afterConnect']

/**
 * Sequelize forgets a connection whose hook fails: its place in the pool is gone for good after `afterPoolAcquire`, and it
 * stays open after `afterConnect`. Four hooks run for each statement, so an instance that has neither of these keeps its own `runHooks`.
 *
 * @returns what is to be called now and then, for hooks that were added in ways of their own.
 */
export function mindHooks(sequelize: SequelizeInstance, sessions: SupervisedSessions): () => void {
  const { connectionManager, runHooks, addHook } = sequelize
  let isMinding = false

  const undone = (hook: string, connection: Connection, error: unknown): never => {
    if (hook === 'afterConnect') sessions.destroy(connection)
    else void drop(connectionManager.pool, connection)
    throw error
  }

  const mind = (): void => {
    if (isMinding || !HOOKS.some(hook => sequelize.hasHook(hook))) return
    isMinding = true
    setMethod(sequelize, 'runHooks', (hook, ...args) => {
      const done = runHooks.call(sequelize, hook, ...args)
      return HOOKS.includes(hook) ? done.catch(error => undone(hook, args[0] as Connection, error)) : done
    })
  }

  setMethod(sequelize, 'addHook', (...args) => {
    const self = addHook.apply(sequelize, args)
    mind()
    return self
  })
  mind()
  return mind
}
