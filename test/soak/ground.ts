import type { Server } from '../database/index.js'
import type { AdminLink } from '../sweep/admin-link.js'
import type { Noise } from '../sweep/noise.js'
import type { Findings } from './findings.js'
import type { Ledger } from './ledger.js'
import type { Clock } from './load.js'
import type { Side } from './side.js'

/** What rounds are run on. */
export interface Ground {
  readonly server: Server
  /** For what is done to the server, which may keep it busy. */
  readonly hand: AdminLink
  /** For what is looked at. */
  readonly eye: AdminLink
  readonly sides: readonly Side[]
  readonly ledger: Ledger
  readonly findings: Findings
  readonly noise: Noise
  readonly clock: Clock
}

const tables = ['facts', 'tallies', 'accounts'] as const

/** Removes what was written. Without the admin's tables the server would grow with the soak. */
export async function emptyTables(admin: AdminLink): Promise<void> {
  for (const table of tables) await admin.query(`DELETE FROM ${table}`)
}
