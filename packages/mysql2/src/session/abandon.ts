import { commandClasses } from '../driver/driver.js'
import type { DriverCommand } from '../driver/driver-types.js'
import { hasStarted, pairOf } from '../link/command.js'
import type { Link } from '../link/link.js'
import { abandonLink } from './abandon-link.js'
import { type Failure, judge } from './judge.js'
import { apply, failBehind, isBuiltUpon } from './recovery.js'
import type { SessionCore } from './session-core.js'

const { Execute, Quit } = commandClasses

/** Takes commands that have not been started out of the link's queue. */
function takeFromQueue(link: Link, isTaken: (command: DriverCommand) => boolean): DriverCommand[] {
  const { _commands: queue } = link
  const taken: DriverCommand[] = []
  for (let left = queue.length; left > 0; left -= 1) {
    const next = queue.shift()
    if (next === undefined) break
    if (isTaken(next)) taken.push(next)
    else queue.push(next)
  }
  return taken
}

/** Takes commands out of wherever they wait, in order. */
function withdraw(core: SessionCore, isTaken: (command: DriverCommand) => boolean): DriverCommand[] {
  const queued = core.link === null ? [] : takeFromQueue(core.link, isTaken)
  const held = core.held.filter(isTaken)
  core.held = core.held.filter(command => !isTaken(command))
  return [...queued, ...held]
}

/**
 * Gives up waiting for a statement. One that was not sent is simply withdrawn; for one that was, the link is given up,
 * which frees its slot at once, and the statement is killed on the server. Other statements of the session go on.
 */
export function abandon(core: SessionCore, command: DriverCommand, reason: Error): void {
  const { link } = core
  const running = link?._command ?? undefined
  const prepare = command.constructor === Execute ? pairOf(command) : undefined
  if (link !== null && running !== undefined && (running === command || running === prepare)) {
    if (hasStarted(running)) abandonLink(core, link, reason)
    return
  }
  if (withdraw(core, one => one === command || one === prepare).length === 0) return
  refuse(core, command, reason)
}

/** Ends a statement that was not sent and is not to be. */
export function refuse(core: SessionCore, command: DriverCommand, reason: Error): void {
  const failure: Failure = { error: reason, evidence: 'queued-never-sent' }
  const judgement = judge(core, command, failure)
  if (apply(core, command, failure, judgement)) core.route(command)
  else if (isBuiltUpon(judgement.facts)) failFollowers(core, failure)
}

/** What waits behind a withdrawn BEGIN or session change was issued to build upon it. */
function failFollowers(core: SessionCore, failure: Failure): void {
  for (const follower of withdraw(core, command => command.constructor !== Quit)) {
    failBehind(core, follower, failure, judge(core, follower, failure))
  }
}
