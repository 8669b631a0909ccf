import type { Policy } from '@comeback/core'
import { type SupervisedSessions, supervise, withSessions } from '@comeback/mysql2'
import type { Connection } from 'mysql2'
import { brandConnectFailure, hideStatement } from './error.js'
import {
  type Destination,
  type SequelizeConnectionManager,
  type SequelizeInstance,
  type SequelizePool,
  setMethod,
} from './orm-types.js'
import { connectToAny, nodePolicy } from './replication.js'

function destinationOf(options: Destination): string {
  return options.socketPath ?? `${options.host}:${options.port}`
}

/** The sessions of an instance: a supervisor for each server, since with replication there are several. */
function sessionsOf(
  policy: Policy | undefined,
  policyOf: (server: Destination) => Policy | undefined,
): SupervisedSessions {
  const servers = new Map<string, SupervisedSessions>()
  const owners = new WeakMap<Connection, SupervisedSessions>()

  const serverOf = (options: Destination): SupervisedSessions => {
    const destination = destinationOf(options)
    const known = servers.get(destination)
    if (known !== undefined) return known
    const server = supervise(policyOf(options), undefined, hideStatement)
    servers.set(destination, server)
    return server
  }

  return {
    policy,
    createConnection(options) {
      const server = serverOf(options as Destination)
      const connection = server.createConnection(options)
      owners.set(connection, server)
      return connection
    },
    checkOut: connection => owners.get(connection)?.checkOut(connection) ?? false,
    checkIn: connection => owners.get(connection)?.checkIn(connection) ?? false,
    isBusy: connection => owners.get(connection)?.isBusy(connection) ?? false,
    destroy: connection => owners.get(connection)?.destroy(connection),
    stopOpening() {
      for (const server of servers.values()) server.stopOpening()
    },
    close() {
      for (const server of servers.values()) server.close()
    },
  }
}

/** Ends a connection that nobody can use any more; that it fails to say goodbye is of no interest. */
function drop(pool: SequelizePool, connection: Connection): Promise<unknown> {
  return Promise.resolve(pool.destroy(connection)).catch(() => undefined)
}

/**
 * Sequelize's own validation can not wait for an answer, so the pool is asked to look at what it is about to hand out: below
 * Sequelize's hooks, which are to see nothing dead either.
 */
function lookBeforeUse(pool: SequelizePool, sessions: SupervisedSessions, opened: WeakSet<Connection>): void {
  const { acquire, release } = pool

  const takeSound = (
    connection: Connection,
    again: () => Promise<Connection>,
  ): Connection | Promise<Connection> => {
    // What has just been opened is in use already.
    if (opened.delete(connection)) return connection
    const isSound = sessions.checkOut(connection)
    if (isSound === true) return connection
    return Promise.resolve(isSound).then(sound => (sound ? connection : drop(pool, connection).then(again)))
  }

  setMethod(pool, 'acquire', (queryType, useMaster) => {
    const next = (): Promise<Connection> =>
      acquire.call(pool, queryType, useMaster).then(connection => takeSound(connection, next))
    return next()
  })

  setMethod(pool, 'release', connection => {
    if (sessions.checkIn(connection)) release.call(pool, connection)
    else void drop(pool, connection)
  })
}

/** Opens and closes what is in the pool. */
function openAndClose(
  manager: SequelizeConnectionManager,
  sessions: SupervisedSessions,
  opened: WeakSet<Connection>,
): void {
  const { connect, disconnect, close } = manager
  let latest: Connection | undefined
  manager.lib = withSessions({
    ...sessions,
    createConnection(options) {
      latest = sessions.createConnection(options)
      return latest
    },
  })

  const connectTo = async (config: unknown): Promise<Connection> => {
    latest = undefined
    const connecting = connect.call(manager, config)
    const created = latest
    try {
      const connection = await connecting
      opened.add(connection)
      return connection
    } catch (error) {
      // Sequelize forgets one that it could not set up, and leaves it open.
      if (created !== undefined) sessions.destroy(created)
      brandConnectFailure(error)
      throw error
    }
  }
  setMethod(manager, 'connect', config => connectToAny(manager, config, sessions.policy, connectTo))

  // Sequelize says goodbye behind whatever is still running, which may never end.
  setMethod(manager, 'disconnect', async connection => {
    if (sessions.isBusy(connection)) sessions.destroy(connection)
    else await disconnect.call(manager, connection)
  })

  setMethod(manager, 'close', async () => {
    // Sequelize waits for the connections that it is opening, which may be a whole outage.
    sessions.stopOpening()
    await close.call(manager)
    sessions.close()
  })
}

/**
 * Sequelize forgets a connection whose hook fails: its place in the pool is gone for good after `afterPoolAcquire`, and it
 * stays open after `afterConnect`.
 */
function forgetNothing(sequelize: SequelizeInstance, sessions: SupervisedSessions): void {
  const { connectionManager, runHooks } = sequelize
  setMethod(sequelize, 'runHooks', (hook, ...args) => {
    const done = runHooks.call(sequelize, hook, ...args)
    if (hook !== 'afterPoolAcquire' && hook !== 'afterConnect') return done
    return done.catch((error: unknown) => {
      const [connection] = args as [Connection]
      if (hook === 'afterConnect') sessions.destroy(connection)
      else void drop(connectionManager.pool, connection)
      throw error
    })
  })
}

/** Puts sessions under the pool of an instance. */
export function addSessions(sequelize: SequelizeInstance, policy: Policy | undefined): void {
  const { connectionManager } = sequelize
  const sessions = sessionsOf(policy, server => nodePolicy(connectionManager, server, policy))
  const opened = new WeakSet<Connection>()
  lookBeforeUse(connectionManager.pool, sessions, opened)
  openAndClose(connectionManager, sessions, opened)
  forgetNothing(sequelize, sessions)
}
