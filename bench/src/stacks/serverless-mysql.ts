import type { ConnectionConfig } from '@comeback/test/database'
import serverlessMysql from 'serverless-mysql'
import { someId } from '../furnish.js'
import { type Client, SLOTS } from '../stack.js'
import { INSERT, SELECT, UPDATE, values } from './statements.js'

type Container = serverlessMysql.ServerlessMysql

/** One connection and one request at a time in each container, as where serverless-mysql is meant to run; as many as others have slots. */
class Containers {
  readonly all: Container[]
  readonly #free: Container[]
  readonly #waiting: ((container: Container) => void)[] = []

  constructor(all: Container[]) {
    this.all = all
    this.#free = [...all]
  }

  /** A request, as the manual has it: what it asks, then the upkeep of the connections. */
  async request<T>(work: (mysql: Container) => Promise<T>): Promise<T> {
    const mysql = this.#free.pop() ?? (await new Promise<Container>(resolve => this.#waiting.push(resolve)))
    try {
      const result = await work(mysql)
      await mysql.end()
      return result
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free.push(mysql)
      else next(mysql)
    }
  }
}

/** serverless-mysql. */
export async function open(config: ConnectionConfig): Promise<Client> {
  const containers = new Containers(
    Array.from({ length: SLOTS }, () => serverlessMysql({ config: { ...config } })),
  )
  return {
    select: () => containers.request(mysql => mysql.query(SELECT, [someId()])),
    insert: () => containers.request(mysql => mysql.query(INSERT, [values.more])),
    transaction: () =>
      containers.request(mysql =>
        mysql
          .transaction()
          .query(SELECT, [someId()])
          .query(INSERT, [values.more])
          .query(UPDATE, [values.changed, someId()])
          .commit(),
      ),
    close: async () => {
      for (const mysql of containers.all) mysql.quit()
    },
  }
}
