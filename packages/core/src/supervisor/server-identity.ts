/** What tells one server, and one life of it, from another. All of it as the server says; what it did not say is left out. */
export interface ServerIdentity {
  /** MariaDB's `@@server_uid`, MySQL's `@@server_uuid`. A copied data folder may carry another server's. */
  readonly uid?: string | undefined
  /** `@@hostname`. */
  readonly hostname?: string | undefined
  /** `@@port`. */
  readonly port?: number | undefined
  /** `@@server_id`. */
  readonly serverId?: number | undefined
  /** When it started, in seconds since 1970 by its own clock: `UNIX_TIMESTAMP()` less the status variable `Uptime`. */
  readonly startedAtSeconds?: number | undefined
}

/** How two links' servers relate. `unknown`: they did not say enough. */
export type ServerComparison = 'same' | 'restarted' | 'other' | 'unknown'

/** `UNIX_TIMESTAMP()` and `Uptime` are whole seconds that tick at different moments. */
const toleranceSeconds = 1

const marks = ['uid', 'hostname', 'port', 'serverId'] as const

/** Compares the server behind an earlier link with the one behind a later link. */
export const compareServers = (earlier: ServerIdentity, later: ServerIdentity): ServerComparison => {
  const known = marks.filter(mark => earlier[mark] !== undefined && later[mark] !== undefined)
  if (known.some(mark => earlier[mark] !== later[mark])) return 'other'
  // A port, or the id that every server has by default, is no proof of being the same.
  if (!known.includes('uid') && !known.includes('hostname')) return 'unknown'
  const { startedAtSeconds: before } = earlier
  const { startedAtSeconds: after } = later
  if (before === undefined || after === undefined) return 'unknown'
  return Math.abs(after - before) > toleranceSeconds ? 'restarted' : 'same'
}
