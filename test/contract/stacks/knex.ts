import { comeback } from '@comeback/knex'
import knex, { type Knex } from 'knex'
import type { ContractClient, ContractTransaction, OpenOptions, Stack } from '../stack.js'

const statements = (on: Knex): Pick<ContractTransaction, 'write' | 'read' | 'raw'> => ({
  write: value => on('facts').insert({ value }).then(),
  read: value => on('facts').select('id', 'value').where({ value }).then(),
  raw: sql => on.raw(sql).then(),
})

async function begin(db: Knex): Promise<ContractTransaction> {
  const trx = await db.transaction()
  // Knex tells a failed COMMIT to this promise as well; the test looks at the other one.
  trx.executionPromise.catch(() => undefined)
  return { ...statements(trx), commit: async () => trx.commit(), rollback: async () => trx.rollback() }
}

/** What the contract is told to, over any instance of Knex. */
export function client(db: Knex, isOurs: boolean): ContractClient {
  const write = (value: string): Knex.QueryBuilder => db('facts').insert({ value })
  return {
    ...statements(db),
    stream: sql => db.raw(sql).stream() as AsyncIterable<unknown>,
    transaction: work => db.transaction(trx => work(statements(trx))),
    begin: () => begin(db),
    idempotentWrite: value => (isOurs ? write(value).comeback({ idempotent: true }) : write(value)).then(),
    close: () => db.destroy(),
  }
}

/** What all stacks with Knex are made from. */
export const configuration = ({ config, slots }: OpenOptions): Knex.Config => ({
  client: 'mysql2',
  connection: { ...config },
  pool: { min: 0, max: slots },
  acquireConnectionTimeout: 5_000,
  // Knex reports every lost connection on the console.
  log: { warn: () => undefined, error: () => undefined },
})

/** Knex over Comeback. */
export const knexStack: Stack = {
  name: 'knex',
  prepares: false,
  tellsFlowsApart: true,
  async open(options: OpenOptions): Promise<ContractClient> {
    return client(knex(comeback(configuration(options), options.policy)), true)
  },
}

/** Knex as it comes. */
export const stockKnexStack: Stack = {
  name: 'stock knex',
  prepares: false,
  tellsFlowsApart: true,
  async open(options: OpenOptions): Promise<ContractClient> {
    return client(knex(configuration(options)), false)
  },
}
