import { comeback } from '@comeback/knex'
import type { ConnectionConfig } from '@comeback/test/database'
import knex, { type Knex } from 'knex'

/** What is measured: Knex as it comes, twice, and Knex over Comeback. The second stock one is the control. */
export type StackName = 'stock' | 'control' | 'comeback'

export const stackNames: readonly StackName[] = ['stock', 'control', 'comeback']

/** Knex as it is mostly set up: ten connections. */
export function open(name: StackName, config: ConnectionConfig, slots = 10): Knex {
  const configuration: Knex.Config = {
    client: 'mysql2',
    connection: { ...config },
    pool: { min: 0, max: slots },
    log: { warn: () => undefined },
  }
  return knex(name === 'comeback' ? comeback(configuration) : configuration)
}
