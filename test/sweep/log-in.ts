import { createConnection } from 'mysql2/promise'
import type { Server } from '../database/index.js'

/** MySQL asks for more packets at the first login since it started; every point is to see the same. */
export async function logIn(server: Server): Promise<void> {
  const connection = await createConnection(server.config)
  await connection.end()
}
