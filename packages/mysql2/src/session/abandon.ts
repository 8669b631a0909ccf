import { commandClasses } from '../driver/driver.js'
import type { DriverCommand } from '../driver/driver-types.js'
import { hasStarted, sqlOf } from '../link/command.js'
import type { Link } from '../link/link.js'
import { reasonOf } from '../link/loss-reason.js'
import { threadMark } from '../supervisor/processlist.js'
import { factsOf } from './judge.js'
import { settle } from './recovery.js'
import type { SessionCore } from './session-core.js'

const { Prepare, Execute } = commandClasses

/** Takes a command that has not been started out of the link's queue. */
function takeFromQueue(link: Link, command: DriverCommand): boolean {
  const { _commands: queue } = link
  let found = false
  for (let left = queue.length; left > 0; left -= 1) {
    const next = queue.shift()
    if (next === command) found = true
    else if (next !== undefined) queue.push(next)
  }
  return found
}

/** The Prepare of an Execute that is given up goes on alone; its failure must not be told to the same caller again. */
function silencePrepare(link: Link, command: DriverCommand): void {
  const running = link._command
  if (command.constructor !== Execute || running?.constructor !== Prepare) return
  if (running.query === command.sql) running.onResult = () => undefined
}

/**
 * Gives up waiting for a statement. One that was not sent is simply withdrawn; for one that was, the link is given up,
 * which frees its slot at once, and the statement is killed on the server. Other statements of the session go on.
 */
export function abandon(core: SessionCore, command: DriverCommand, reason: Error): void {
  const { link } = core
  const at = core.held.indexOf(command)
  if (at >= 0) core.held.splice(at, 1)
  if (at >= 0 || (link !== null && takeFromQueue(link, command))) {
    if (link !== null) silencePrepare(link, command)
    settle(core, [command], () => ({ error: reason, evidence: 'queued-never-sent' }))
    return
  }
  if (link === null || link._command !== command || !hasStarted(command)) return
  abandonLink(core, link, reason)
}

/** Gives up a link together with the statement that runs on it. */
export function abandonLink(core: SessionCore, link: Link, reason: Error): void {
  const running = link._command ?? undefined
  const mark = threadMark(link, running === undefined ? undefined : sqlOf(running))
  publishAbandoned(core, running, reason)
  link.condemn(reason)
  if (mark !== undefined) void core.supervisor.kill(core, mark)
}

function publishAbandoned(core: SessionCore, command: DriverCommand | undefined, reason: Error): void {
  const verb = command === undefined ? undefined : factsOf(core, command).verb
  const fields = { session: core.number, verb, reason: reasonOf(reason) }
  core.supervisor.events.publish('abandoned', fields, core.ring)
}
