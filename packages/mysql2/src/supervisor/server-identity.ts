import type { ServerFlavour, ServerIdentity } from '@comeback/core'
import type { Link } from '../link/link.js'
import { linkQuery } from '../link/link-query.js'

/** Where each flavour keeps what tells its servers apart. */
const SOURCES = {
  mariadb: { uid: '@@server_uid', status: 'information_schema.GLOBAL_STATUS' },
  mysql: { uid: '@@server_uuid', status: 'performance_schema.global_status' },
} as const

/** Asks a server who it is and since when it runs. Old servers lack a part of it; then nothing is known. */
export async function askIdentity(link: Link, timeoutMs: number): Promise<ServerIdentity> {
  const flavour: ServerFlavour = link.flavour
  if (flavour === 'unknown') return {}
  const { uid, status } = SOURCES[flavour]
  const uptime = `(SELECT VARIABLE_VALUE FROM ${status} WHERE VARIABLE_NAME = 'Uptime')`
  const sql = `SELECT ${uid} AS uid, @@hostname AS hostname, @@port AS port, @@server_id AS serverId, UNIX_TIMESTAMP() - ${uptime} AS startedAt`
  try {
    const [row] = await linkQuery(link, sql, timeoutMs)
    if (row === undefined) return {}
    return {
      uid: String(row['uid']),
      hostname: String(row['hostname']),
      port: Number(row['port']),
      serverId: Number(row['serverId']),
      startedAtSeconds: Number(row['startedAt']),
    }
  } catch (error) {
    if (link.deathCause !== undefined) throw error
    return {}
  }
}
