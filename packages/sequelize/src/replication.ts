import { DatabaseUnavailableError, type Policy, resolvePolicy, systemClock } from '@comeback/core'
import type { Connection } from 'mysql2'
import type { SequelizeConnectionManager } from './orm-types.js'

/** How long one server is waited for while there is another one to read from. */
export const NODE_WAIT_MS = 300

/** The servers that an instance reads from, if it may choose among them. */
function nodesOf(manager: SequelizeConnectionManager): readonly object[] {
  const { replication } = manager.config
  const nodes = replication ? replication.read : []
  return Array.isArray(nodes) && nodes.length > 1 ? nodes : []
}

/** Whether a configuration to connect with is that of one server to read from of several. */
export function isNode(manager: SequelizeConnectionManager, config: unknown): boolean {
  return nodesOf(manager).includes(config as object)
}

/**
 * Opens a connection to the server that Sequelize has chosen, or to another one to read from where that is away; as long as the
 * policy allows to wait.
 */
export async function connectToAny(
  manager: SequelizeConnectionManager,
  chosen: unknown,
  policy: Policy | undefined,
  connect: (config: unknown) => Promise<Connection>,
): Promise<Connection> {
  const nodes = nodesOf(manager)
  const first = nodes.indexOf(chosen as object)
  if (first < 0) return connect(chosen)
  const until = systemClock.now() + resolvePolicy(policy).outage.maxWaitMs
  for (let next = first; ; next += 1) {
    try {
      return await connect(nodes[next % nodes.length])
    } catch (error) {
      const isAway = error instanceof DatabaseUnavailableError && error.reason === 'deadline'
      if (!isAway || systemClock.now() >= until) throw error
    }
  }
}
