import { againIfStopped } from '@comeback/core'
import type { Pool } from 'mysql2'

/** The first MySQL with LATERAL, which Prisma's joins are made of. MariaDB has none. */
const FIRST_WITH_LATERAL = [8, 0, 13]

/** Whether a server of this version can answer for relations with one statement. */
export function hasLateral(version: string): boolean {
  const [numbers = '', suffix = ''] = version.split('-')
  if (suffix.toLowerCase().includes('mariadb')) return false
  const parts = numbers.split('.').map(Number)
  const place = FIRST_WITH_LATERAL.findIndex((least, at) => parts[at] !== least)
  return place === -1 || (parts[place] ?? 0) > (FIRST_WITH_LATERAL[place] ?? 0)
}

function askVersion(pool: Pool): Promise<string> {
  return new Promise((resolve, reject) => {
    pool.query({ sql: 'SELECT VERSION()', rowsAsArray: true }, (error, rows) => {
      if (error) reject(error)
      else resolve(String((rows as unknown[][])[0]?.[0]))
    })
  })
}

/** Asks the server. */
export async function supportsRelationJoins(pool: Pool): Promise<boolean> {
  return hasLateral(await againIfStopped(() => askVersion(pool)))
}
