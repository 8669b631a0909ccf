import type { DriverCallback } from '../driver/driver-types.js'
import { closedByServer } from '../link/loss-reason.js'
import { reopen } from './reopen.js'
import type { SessionCore } from './session-core.js'

/** Calls back once there is a link, or with the reason why there will be none. */
export function whenReady(core: SessionCore, callback: DriverCallback): void {
  const { gate, link, poison } = core
  // A session whose transaction was lost has no link and needs none before ROLLBACK.
  if (gate === 'open' || gate === 'looking' || gate === 'releasing' || poison !== undefined) {
    callback(null, core.facade)
  } else if (gate === 'closed') callback(link?.deathCause ?? closedByServer())
  else {
    core.waitingForLink.push(callback)
    // What is held must be judged first, and that opens a link if any of it may go on.
    if (gate === 'lost' && core.held.length === 0) void reopen(core, link?.deathCause)
  }
}
