import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { flavourOf } from './identify.js'
import type { ServerUrl } from './types.js'

/** Asks a running server what it is; throws when it cannot be reached. */
export async function identifyUrl(url: string, origin: string): Promise<ServerUrl> {
  const connection = await createConnection({ uri: url, connectTimeout: 10_000 })
  try {
    const [rows] = await connection.query<RowDataPacket[]>(
      'SELECT VERSION() AS version, @@version_comment AS comment',
    )
    const version = String(rows[0]?.['version'])
    const flavour = flavourOf(`${version} ${String(rows[0]?.['comment'])}`)
    return { kind: 'url', flavour, version: version.split('-')[0] ?? version, url, origin }
  } finally {
    await connection.end()
  }
}
