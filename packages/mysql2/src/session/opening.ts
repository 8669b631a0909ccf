import { nextTick } from 'node:process'
import type { Link } from '../link/link.js'
import type { SessionCore } from './session-core.js'

/** A new link has logged in and been given the session's state. */
export function adopt(core: SessionCore, link: Link): void {
  const isFirst = core.gate === 'opening'
  core.link = link
  link.owner = core
  if (link.loginFlags !== undefined) core.tracker.linkOpened(link.loginFlags)
  link.generation = core.supervisor.generation
  link.on('end', () => {
    if (core.isClosed) core.facade.emit('end')
  })
  link.on('warn', warning => core.facade.emit('warn', warning))
  core.supervisor.watch(core, link)
  // Whatever the application does when it hears of this must not be taken for a failure to open.
  for (const callback of core.waitingForLink.splice(0)) nextTick(callback, null, core.facade)
  if (isFirst) nextTick(() => core.facade.emit('connect', link._handshakePacket))
  core.release()
}

/** No link could be had; what was held has been failed. */
export function openFailed(
  core: SessionCore,
  error: unknown,
  isToldToCommands: boolean,
  wasFirst: boolean,
): void {
  for (const callback of core.waitingForLink.splice(0)) nextTick(callback, error)
  // A pool drops a session that it hears of; one that is in somebody's hands comes back to it by itself.
  const isTold = core.keeper === 'mysql2-pool' ? core.inUse && !wasFirst : isToldToCommands
  if (!isTold) core.emitError(error)
}
