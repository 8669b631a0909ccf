import type { ConnectionConfig } from '@comeback/test/database'
import { AwsMySQLPoolClient } from 'aws-advanced-nodejs-wrapper/mysql'
import { someId } from '../furnish.js'
import { type Client, SLOTS } from '../stack.js'
import { INSERT, SELECT, UPDATE, values } from './statements.js'

/** Those of its plugins that its manual lets stand on a server that is no cluster. */
const plugins = 'auroraConnectionTracker,connectTime,executeTime'

/** `AwsPoolConfig` has these defaults; it can only be loaded together with the SDK of AWS. */
const poolConfig = {
  maxConnections: SLOTS,
  maxIdleConnections: SLOTS,
  idleTimeoutMillis: 60_000,
  waitForConnections: true,
  queueLimit: 0,
}

/** The AWS wrapper on mysql2, with its pool. */
export async function open(config: ConnectionConfig): Promise<Client> {
  const pool = new AwsMySQLPoolClient({ ...config, plugins }, poolConfig)
  return {
    select: () => pool.query(SELECT, [someId()]),
    insert: () => pool.query(INSERT, [values.more]),
    transaction: async () => {
      const connection = await pool.getConnection()
      try {
        await connection.beginTransaction()
        await connection.query(SELECT, [someId()])
        await connection.query(INSERT, [values.more])
        await connection.query(UPDATE, [values.changed, someId()])
        await connection.commit()
      } catch (error) {
        await connection.rollback().catch(() => undefined)
        throw error
      } finally {
        await connection.end()
      }
    },
    close: () => pool.end(),
  }
}
