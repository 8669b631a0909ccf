import { AwsMySQLPoolClient } from 'aws-advanced-nodejs-wrapper/mysql'
import type { ContractClient, ContractTransaction, OpenOptions, Stack } from '../../contract/stack.js'

/** The wrapper keeps the driver's error, which has the server's numbers, as `cause`. */
function driversOwn(error: unknown): never {
  const { cause } = error as { readonly cause?: unknown }
  throw cause ?? error
}

// What is used of the wrapper. Its own types lead nowhere: they import each other without an extension, as no ES module may.
interface Queryable {
  query(sql: string, values?: readonly string[]): Promise<readonly [rows: unknown, fields: unknown]>
}

interface WrappedConnection extends Queryable {
  execute(sql: string, values: readonly string[]): Promise<unknown>
  beginTransaction(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<unknown>
  end(): Promise<unknown>
}

interface WrappedPool extends Queryable {
  getConnection(): Promise<WrappedConnection>
  end(): Promise<void>
}

const statements = (on: Queryable): Pick<ContractTransaction, 'write' | 'read' | 'raw'> => ({
  write: value => on.query('INSERT INTO facts (value) VALUES (?)', [value]).catch(driversOwn),
  read: async value => {
    const [rows] = await on.query('SELECT id, value FROM facts WHERE value = ?', [value]).catch(driversOwn)
    return rows as unknown[]
  },
  raw: sql => on.query(sql).catch(driversOwn),
})

async function begin(pool: WrappedPool): Promise<ContractTransaction> {
  const connection = await pool.getConnection()
  const ended = async (end: Promise<unknown>): Promise<void> => {
    try {
      await end
    } finally {
      await connection.end()
    }
  }
  try {
    await connection.beginTransaction()
  } catch (error) {
    await connection.end()
    throw error
  }
  return {
    ...statements(connection),
    commit: () => ended(connection.commit()),
    rollback: () => ended(connection.rollback()),
  }
}

async function transaction<T>(
  pool: WrappedPool,
  work: (trx: Pick<ContractTransaction, 'write' | 'read' | 'raw'>) => Promise<T>,
): Promise<T> {
  const connection = await pool.getConnection()
  try {
    await connection.beginTransaction()
    const result = await work(statements(connection))
    await connection.commit()
    return result
  } catch (error) {
    await connection.rollback().catch(() => undefined)
    throw error
  } finally {
    await connection.end()
  }
}

async function prepared(pool: WrappedPool, sql: string, values: readonly string[]): Promise<unknown> {
  const connection = await pool.getConnection()
  try {
    return await connection.execute(sql, values).catch(driversOwn)
  } finally {
    await connection.end()
  }
}

function client(pool: WrappedPool): ContractClient {
  const { write, ...rest } = statements(pool)
  return {
    ...rest,
    write,
    idempotentWrite: write,
    preparedWrite: value => prepared(pool, `INSERT INTO facts (value) /* ${value} */ VALUES (?)`, [value]),
    transaction: work => transaction(pool, work),
    begin: () => begin(pool),
    close: () => pool.end(),
  }
}

/** Of the default list those that its manual lets stand on a server that is no cluster, and those that need none: no failover, no host monitoring. */
const plugins = 'auroraConnectionTracker,connectTime,executeTime'

/** The AWS wrapper on mysql2, with its pool. */
export const awsWrapperStack: Stack = {
  name: 'aws-advanced-nodejs-wrapper',
  prepares: true,
  tellsFlowsApart: true,
  streams: false,
  async open({ config, slots }: OpenOptions): Promise<ContractClient> {
    // `AwsPoolConfig` has these defaults; it can only be loaded together with the SDK of AWS.
    const poolConfig = {
      maxConnections: slots,
      maxIdleConnections: slots,
      idleTimeoutMillis: 60_000,
      waitForConnections: true,
      queueLimit: 0,
    }
    const pool: WrappedPool = new AwsMySQLPoolClient({ ...config, plugins }, poolConfig)
    return client(pool)
  },
}
