import { nextTick } from 'node:process'
import type { DriverCommand } from '../driver/driver-types.js'
import { resolveCommand } from '../link/command.js'
import type { Link } from '../link/link.js'
import { closedByApplication, closedByServer } from '../link/loss-reason.js'
import { abandonLink } from './abandon-link.js'
import { failAll } from './fail-later.js'
import type { SessionCore } from './session-core.js'

/** COM_QUIT: the last command of a session; a session without a live link has nothing left to say goodbye to. */
export function quit(core: SessionCore, link: Link, command: DriverCommand): void {
  core.quitting = true
  // Once it is sent (and everything before it answered): a server that is not there never closes its side, and the process
  // must be able to end all the same.
  command.once('end', () => link.stream.unref())
  link.take(command)
}

/** Ends the session where there is no link to send COM_QUIT over. */
export function quitWithoutLink(core: SessionCore, command: DriverCommand): void {
  core.quitting = true
  core.gate = 'closed'
  core.opening?.abort()
  resolveCommand(command)
  noMoreLinks(core)
  core.facade.emit('end')
}

/** Whoever waits for a link learns that there will be none. */
function noMoreLinks(core: SessionCore): void {
  for (const callback of core.waitingForLink.splice(0)) nextTick(callback, closedByApplication())
}

/** The application closes the session without COM_QUIT; a running command may still finish, as with mysql2. */
export function close(core: SessionCore): void {
  if (core.gate === 'closed') return
  // As with mysql2, what was issued before is still sent; that it waited for a look is not the application's doing.
  if (core.gate === 'looking' && core.hasLink) core.release()
  core.gate = 'closed'
  core.opening?.abort()
  failAll(core, core.held.splice(0), closedByApplication())
  noMoreLinks(core)
  core.link?.close()
  // A dead link has said so already, to nobody; a pool that has this session must hear of its end.
  if (!core.hasLink) core.facade.emit('end')
}

/** Drops the session at once, as a pool does with a dead one; what still runs is killed on the server. */
export function dispose(core: SessionCore): void {
  const { link } = core
  close(core)
  if (link?._command && link.deathCause === undefined) abandonLink(core, link, closedByServer())
  link?.stream.destroy()
}
