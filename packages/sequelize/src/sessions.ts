import type { Policy } from '@comeback/core'
import { type SupervisedSessions, supervise, withSessions } from '@comeback/mysql2'
import type { Connection } from 'mysql2'
import { brandConnectFailure, hideStatement } from './error.js'
import { handOverSound } from './hand-over.js'
import { mindHooks } from './mind-hooks.js'
import {
  type Destination,
  type SequelizeConnectionManager,
  type SequelizeInstance,
  setMethod,
} from './orm-types.js'
import { connectToAny, isNode, NODE_WAIT_MS } from './replication.js'
import { openForAll } from './waiting-callers.js'

function destinationOf(options: Destination): string {
  return options.socketPath ?? `${options.host}:${options.port}`
}

interface InstanceSessions extends SupervisedSessions {
  /** Opens a session to one server to read from of several. */
  createNode(options: unknown): Connection
}

/** The sessions of an instance: a supervisor for each server, since with replication there are several. */
function sessionsOf(policy: Policy | undefined): InstanceSessions {
  const servers = new Map<string, SupervisedSessions>()
  // A session knows its own supervisor; whichever is asked for it gives the same answer.
  let asked: SupervisedSessions | undefined

  const serverOf = (options: Destination): SupervisedSessions => {
    const destination = destinationOf(options)
    const known = servers.get(destination)
    if (known !== undefined) return known
    const server = supervise(policy, undefined, hideStatement)
    servers.set(destination, server)
    asked = server
    return server
  }

  return {
    policy,
    createConnection: options => serverOf(options as Destination).createConnection(options),
    createNode: options =>
      serverOf(options as Destination).createConnection(options as Destination, NODE_WAIT_MS),
    checkOut: connection => asked?.checkOut(connection) ?? false,
    checkIn: connection => asked?.checkIn(connection) ?? false,
    isBusy: connection => asked?.isBusy(connection) ?? false,
    destroy: connection => asked?.destroy(connection),
    stopOpening() {
      for (const server of servers.values()) server.stopOpening()
    },
    close() {
      for (const server of servers.values()) server.close()
    },
  }
}

/** Opens and closes what is in the pool. */
function openAndClose(
  manager: SequelizeConnectionManager,
  sessions: InstanceSessions,
  onOpened: (connection: Connection) => void,
): void {
  const { connect, disconnect, close } = manager
  let latest: Connection | undefined
  let isToNode = false
  manager.lib = withSessions({
    ...sessions,
    createConnection(options) {
      latest = isToNode ? sessions.createNode(options) : sessions.createConnection(options)
      return latest
    },
  })

  const connectTo = async (config: unknown): Promise<Connection> => {
    // Sequelize asks its driver at once, before anybody else can connect.
    isToNode = isNode(manager, config)
    const connecting = connect.call(manager, config)
    const created = latest
    latest = undefined
    try {
      const connection = await connecting
      onOpened(connection)
      return connection
    } catch (error) {
      // Sequelize forgets one that it could not set up, and leaves it open.
      if (created !== undefined) sessions.destroy(created)
      brandConnectFailure(error)
      throw error
    }
  }
  const connectAnywhere = (config: unknown): Promise<Connection> =>
    connectToAny(manager, config, sessions.policy, connectTo)
  setMethod(manager, 'connect', openForAll(manager, connectAnywhere))

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

/** Puts sessions under the pool of an instance. */
export function addSessions(sequelize: SequelizeInstance, policy: Policy | undefined): void {
  const { connectionManager } = sequelize
  const sessions = sessionsOf(policy)
  const onOpened = handOverSound(sequelize, sessions)
  const minded = mindHooks(sequelize, sessions)
  openAndClose(connectionManager, sessions, connection => {
    onOpened(connection)
    minded()
  })
}
