import { PacketTooLargeError } from '@comeback/core'
import type { DriverCommand } from '../driver/driver-types.js'
import type { Link } from '../link/link.js'
import { linkQuery } from '../link/link-query.js'
import { rowsOf } from '../link/request-size.js'
import { failLater } from './fail-later.js'
import type { SessionCore } from './session-core.js'

/**
 * Sends a large request only if the server takes it: a server closes the connection on a larger one, often without saying why.
 * The limit is asked once for each pool, over the link that is about to be used; the session's other commands wait meanwhile.
 */
export function sendLarge(core: SessionCore, link: Link, command: DriverCommand, bytes: number): void {
  const { supervisor } = core
  if (supervisor.maxAllowedPacket !== undefined) {
    sendIfAllowed(core, link, command, bytes, supervisor.maxAllowedPacket)
    return
  }
  core.gate = 'looking'
  core.held.unshift(command)
  linkQuery(link, 'SELECT @@max_allowed_packet AS bytes', supervisor.policy.outage.connectTimeoutMs).then(
    ([row]) => {
      supervisor.maxAllowedPacket = Number(row?.['bytes'])
      // The link may have died meanwhile; then recovery has what was held.
      if (core.link === link && core.gate === 'looking') core.release()
    },
    () => {
      // Refused, but alive: then the server must find out for itself.
      if (core.link !== link || core.gate !== 'looking') return
      supervisor.maxAllowedPacket = Number.POSITIVE_INFINITY
      core.release()
    },
  )
}

function sendIfAllowed(
  core: SessionCore,
  link: Link,
  command: DriverCommand,
  packetBytes: number,
  maxAllowedPacket: number,
): void {
  if (!(packetBytes > maxAllowedPacket)) {
    link.take(command)
    return
  }
  const rows = rowsOf(command)
  const options = { packetBytes, maxAllowedPacket, ...(rows === undefined ? {} : { rows }) }
  failLater(core, command, new PacketTooLargeError(options))
}
