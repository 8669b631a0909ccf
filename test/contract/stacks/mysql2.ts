import { annotate, createPool } from '@comeback/mysql2'
import mysql2, { type Pool, type PoolConnection } from 'mysql2'
import type { ContractClient, ContractTransaction, OpenOptions, Stack } from '../stack.js'

type Queryable = Pick<Pool | PoolConnection, 'query' | 'execute'>

function run(on: Queryable, sql: string, values: unknown[] = []): Promise<unknown> {
  return new Promise((resolve, reject) => {
    on.query(sql, values, (error, result) => (error ? reject(error) : resolve(result)))
  })
}

function execute(on: Queryable, sql: string, values: string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    on.execute(sql, values, (error, result) => (error ? reject(error) : resolve(result)))
  })
}

const statements = (on: Queryable): Pick<ContractTransaction, 'write' | 'read' | 'raw'> => ({
  write: value => run(on, 'INSERT INTO facts (value) VALUES (?)', [value]),
  read: async value => (await run(on, 'SELECT id, value FROM facts WHERE value = ?', [value])) as unknown[],
  raw: sql => run(on, sql),
})

const connectionOf = (pool: Pool): Promise<PoolConnection> =>
  new Promise((resolve, reject) => {
    pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection)))
  })

async function begin(pool: Pool): Promise<ContractTransaction> {
  const connection = await connectionOf(pool)
  try {
    await run(connection, 'START TRANSACTION')
  } catch (error) {
    connection.release()
    throw error
  }
  const end = async (sql: string): Promise<void> => {
    try {
      await run(connection, sql)
    } finally {
      connection.release()
    }
  }
  return { ...statements(connection), commit: () => end('COMMIT'), rollback: () => end('ROLLBACK') }
}

async function transaction<T>(
  pool: Pool,
  work: (trx: Pick<ContractTransaction, 'write' | 'read' | 'raw'>) => Promise<T>,
): Promise<T> {
  const connection = await connectionOf(pool)
  try {
    await run(connection, 'START TRANSACTION')
    const result = await work(statements(connection))
    await run(connection, 'COMMIT')
    return result
  } catch (error) {
    await run(connection, 'ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    connection.release()
  }
}

function client(pool: Pool, isOurs: boolean): ContractClient {
  const { write, ...rest } = statements(pool)
  return {
    ...rest,
    write,
    preparedWrite: value => execute(pool, `INSERT INTO facts (value) /* ${value} */ VALUES (?)`, [value]),
    stream: sql => (pool.query(sql) as unknown as { stream(): AsyncIterable<unknown> }).stream(),
    transaction: work => transaction(pool, work),
    begin: () => begin(pool),
    idempotentWrite: value => (isOurs ? annotate({ idempotent: true }, () => write(value)) : write(value)),
    close: () => new Promise((resolve, reject) => pool.end(error => (error ? reject(error) : resolve()))),
  }
}

/** mysql2's own pool API over Comeback. */
export const mysql2Stack: Stack = {
  name: 'mysql2',
  prepares: true,
  tellsFlowsApart: true,
  async open({ config, slots, policy }: OpenOptions): Promise<ContractClient> {
    return client(createPool({ ...config, connectionLimit: slots }, policy), true)
  },
}

/** mysql2 as it comes. */
export const stockMysql2Stack: Stack = {
  name: 'stock mysql2',
  prepares: true,
  tellsFlowsApart: true,
  async open({ config, slots }: OpenOptions): Promise<ContractClient> {
    return client(mysql2.createPool({ ...config, connectionLimit: slots }), false)
  },
}
