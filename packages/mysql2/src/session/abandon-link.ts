import type { DriverCommand } from '../driver/driver-types.js'
import { sqlOf } from '../link/command.js'
import type { Link } from '../link/link.js'
import { reasonOf } from '../link/loss-reason.js'
import { threadMark } from '../supervisor/processlist.js'
import { factsOf } from './judge.js'
import type { SessionCore } from './session-core.js'

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
