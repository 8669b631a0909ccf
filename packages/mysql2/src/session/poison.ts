import { PoisonQueryError, statementDigest, statementFacts } from '@comeback/core'
import type { DriverCommand } from '../driver/driver-types.js'
import { sqlOf } from '../link/command.js'
import type { Link } from '../link/link.js'
import { failLater } from './fail-later.js'
import type { SessionCore } from './session-core.js'

function deathsOf(core: SessionCore, command: DriverCommand): number {
  const sql = sqlOf(command)
  return sql === undefined ? 0 : core.supervisor.core.poison.deathsOf(statementDigest(sql))
}

/** Whether the server has died so often under this statement that it is kept away from it. */
export function isPoison(core: SessionCore, command: DriverCommand): boolean {
  return deathsOf(core, command) > 0
}

/** Refuses a statement that the server died of. */
export function failPoison(core: SessionCore, command: DriverCommand): void {
  const deaths = deathsOf(core, command)
  const { verb } = statementFacts(sqlOf(command) ?? '')
  core.supervisor.events.publish('quarantined', { verb, deaths }, core.ring)
  failLater(core, command, new PoisonQueryError({ deaths, verb, events: core.ring.recent() }))
}

/** A statement was under way when its link was lost: if the server died, it may have died of it. */
export function suspectPoison(core: SessionCore, link: Link, command: DriverCommand): void {
  const sql = sqlOf(command)
  if (sql !== undefined) core.supervisor.core.poison.lost(statementDigest(sql), link.life)
}

/** A statement has run: it is not to blame. */
export function clearPoison(core: SessionCore, sql: string): void {
  core.supervisor.core.poison.succeeded(statementDigest(sql))
}
