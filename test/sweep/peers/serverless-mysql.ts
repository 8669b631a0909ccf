import serverlessMysql from 'serverless-mysql'
import type { ContractClient, ContractTransaction, OpenOptions, Stack } from '../../contract/stack.js'
import { Containers } from './containers.js'

type Container = serverlessMysql.ServerlessMysql

const insertion = 'INSERT INTO facts (value) VALUES (?)'

/** A transaction is a list of statements, which are sent one after another by its commit. */
class StatementList implements Pick<ContractTransaction, 'write' | 'read' | 'raw'> {
  readonly #statements: unknown[][] = []

  async write(value: string): Promise<void> {
    this.#statements.push([insertion, [value]])
  }

  async raw(sql: string): Promise<void> {
    this.#statements.push([sql])
  }

  async read(): Promise<unknown[]> {
    throw new Error('A list of statements gives no rows on the way.')
  }

  commit(mysql: Container): Promise<unknown> {
    const transaction = mysql.transaction()
    for (const statement of this.#statements) transaction.query(...statement)
    return transaction.commit()
  }
}

function client(containers: Containers<Container>): ContractClient {
  /** A request, as the manual has it: what it asks, then the upkeep of the connections. */
  const request = <T>(work: (mysql: Container) => Promise<T>): Promise<T> =>
    containers.lend(async mysql => {
      const result = await work(mysql)
      await mysql.end()
      return result
    })
  const write = (value: string): Promise<unknown> => request(mysql => mysql.query(insertion, [value]))
  return {
    write,
    idempotentWrite: write,
    read: value =>
      request(mysql => mysql.query<unknown[]>('SELECT id, value FROM facts WHERE value = ?', [value])),
    raw: sql => request(mysql => mysql.query(sql)),
    transaction: async run => {
      const list = new StatementList()
      const result = await run(list)
      await request(mysql => list.commit(mysql))
      return result
    },
    begin: async () => {
      const list = new StatementList()
      return {
        write: value => list.write(value),
        raw: sql => list.raw(sql),
        read: () => list.read(),
        commit: () => request(mysql => list.commit(mysql)),
        rollback: async () => undefined,
      }
    },
    close: async () => {
      for (const mysql of containers.all) mysql.quit()
    },
  }
}

/** serverless-mysql as it comes: an instance has one connection, so there are as many as slots, and each serves one request at a time. */
export const serverlessMysqlStack: Stack = {
  name: 'serverless-mysql',
  prepares: false,
  tellsFlowsApart: false,
  interactive: false,
  streams: false,
  async open({ config, slots }: OpenOptions): Promise<ContractClient> {
    return client(
      new Containers(Array.from({ length: slots }, () => serverlessMysql({ config: { ...config } }))),
    )
  },
}
