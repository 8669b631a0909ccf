import { Sequelize } from 'sequelize'
import type { ContractClient, OpenOptions, Stack } from '../../contract/stack.js'
import { client, sequelizeOptions } from '../../contract/stacks/sequelize.js'

/** What is commonly recommended, and found in many applications: see docs/discoveries/peers.md. */
const retry = {
  match: [
    /ETIMEDOUT/,
    /ECONNRESET/,
    /ECONNREFUSED/,
    /PROTOCOL_CONNECTION_LOST/,
    /SequelizeConnectionError/,
    /SequelizeConnectionRefusedError/,
    /SequelizeHostNotFoundError/,
    /SequelizeHostNotReachableError/,
    /SequelizeInvalidConnectionError/,
    /SequelizeConnectionTimedOutError/,
  ],
  max: 3,
}

/** How long Sequelize waits for a connection unless told otherwise. */
const acquire = 60_000

/** Sequelize as it comes, with the recommended `retry`. */
export const sequelizeRetryStack: Stack = {
  name: 'sequelize with retry',
  prepares: true,
  tellsFlowsApart: true,
  streams: false,
  async open(given: OpenOptions): Promise<ContractClient> {
    const options = sequelizeOptions(given)
    return client(new Sequelize({ ...options, pool: { ...options.pool, acquire }, retry }), false)
  },
}
