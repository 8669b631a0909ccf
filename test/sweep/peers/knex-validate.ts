import knex, { type Knex } from 'knex'
import type { Connection } from 'mysql2'
import type { ContractClient, OpenOptions, Stack } from '../../contract/stack.js'
import { client, configuration } from '../../contract/stacks/knex.js'

/** The ping that people write themselves, before each use of a connection. */
const validate = (connection: Connection): Promise<boolean> =>
  new Promise(resolve => connection.ping(error => resolve(!error)))

/** How long Knex waits for a connection unless told otherwise. */
const knexDefaultMs = 60_000

function validating(options: OpenOptions): Knex.Config {
  const config = configuration(options)
  return { ...config, acquireConnectionTimeout: knexDefaultMs, pool: { ...config.pool, validate } }
}

/** Knex as it comes, with a `pool.validate` of the user's own. */
export const knexValidateStack: Stack = {
  name: 'knex with pool.validate',
  prepares: false,
  tellsFlowsApart: true,
  async open(options: OpenOptions): Promise<ContractClient> {
    return client(knex(validating(options)), false)
  },
}
