import mysql, { type Pool, type PoolConnection } from 'mysql2/promise'
import { someId } from '../furnish.js'
import { count, type Open, SLOTS } from '../stack.js'
import { open as openAwsWrapper } from './aws-wrapper.js'
import { open as openServerlessMysql } from './serverless-mysql.js'
import { INSERT, SELECT, SELECT_ALL, UPDATE, values } from './statements.js'

async function transaction(pool: Pool, work: (connection: PoolConnection) => Promise<void>): Promise<void> {
  const connection = await pool.getConnection()
  try {
    await connection.beginTransaction()
    await work(connection)
    await connection.commit()
  } catch (error) {
    await connection.rollback().catch(() => undefined)
    throw error
  } finally {
    connection.release()
  }
}

/** mysql2's pool, and what is built on mysql2. */
export const open: Open = async (variant, config) => {
  if (variant === 'serverless-mysql') return openServerlessMysql(config)
  if (variant === 'aws-wrapper') return openAwsWrapper(config)
  const { createPool } = variant === 'comeback' ? (await import('@comeback/mysql2/promise')).default : mysql
  const pool = createPool({ ...config, connectionLimit: SLOTS })
  return {
    select: () => pool.query(SELECT, [someId()]),
    insert: () => pool.query(INSERT, [values.more]),
    transaction: () =>
      transaction(pool, async connection => {
        await connection.query(SELECT, [someId()])
        await connection.query(INSERT, [values.more])
        await connection.query(UPDATE, [values.changed, someId()])
      }),
    stream: () => count(pool.pool.query(SELECT_ALL).stream()),
    close: () => pool.end(),
  }
}
