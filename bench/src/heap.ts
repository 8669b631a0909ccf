import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createConnection } from '@comeback/mysql2'
import type { ConnectionConfig } from '@comeback/test/database'
import mysql, { type Connection } from 'mysql2'

const SESSIONS = 100

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function heapUsed(): number {
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

async function perSession(open: () => Connection): Promise<number> {
  // What earlier connections left behind goes in its own time.
  await new Promise(resolve => setTimeout(resolve, 1_500))
  const before = heapUsed()
  const connections = Array.from({ length: SESSIONS }, open)
  await Promise.all(connections.map(one => new Promise(resolve => one.ping(resolve))))
  const after = heapUsed()
  await Promise.all(connections.map(one => new Promise(resolve => one.end(resolve))))
  return (after - before) / SESSIONS
}

/** Heap of an idle connection in bytes: stock mysql2's, and what a session has on top. */
export async function heapPerSession(config: ConnectionConfig): Promise<{ stock: number; added: number }> {
  await perSession(() => createConnection({ ...config }))
  await perSession(() => mysql.createConnection({ ...config }))
  const stock = await perSession(() => mysql.createConnection({ ...config }))
  const ours = await perSession(() => createConnection({ ...config }))
  return { stock: Math.round(stock), added: Math.round(ours - stock) }
}
