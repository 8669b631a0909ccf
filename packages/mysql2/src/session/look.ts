import { needsPing, peekThen, systemClock } from '@comeback/core'
import type { DriverCommand } from '../driver/driver-types.js'
import type { Link } from '../link/link.js'
import { linkPing } from '../link/link-query.js'
import { closedByServer } from '../link/loss-reason.js'
import { factsOf } from './judge.js'
import type { SessionCore } from './session-core.js'

const { now } = systemClock

/** A link that was used or looked at within this time is not looked at again before the next statement. */
const FRESH_MS = 2

/** Before COMMIT a look costs more, since locks are held meanwhile: it comes only after a longer silence. */
const COMMIT_FRESH_MS = 5

const COMMITS = /^\s*commit\b/i

/**
 * Whether a link must be looked at before this statement is sent on it. On the good path: a few comparisons. In a transaction
 * in which something was done the link can not be replaced any more, so only COMMIT is worth a look: it turns "unknown" into
 * "rolled back".
 */
export function needsLook(
  core: SessionCore,
  link: Link,
  command?: DriverCommand,
  at: number = now(),
): boolean {
  if (command !== undefined && core.tracker.isBoundToLink) return needsLookBeforeCommit(link, command, at)
  const { supervisor } = core
  if (link.generation !== supervisor.generation || link.pingDueSince === link.idleSince) return true
  if (supervisor.policy.prePing.mode === 'always') return true
  const freshSince = at - FRESH_MS
  return link.idleSince < freshSince && link.vettedAt < freshSince
}

/**
 * Peeks at the link, and pings it where that is due. What is held meanwhile goes on if the link is sound; if it is not,
 * its death sets recovery going. `then` is told which.
 */
export function look(core: SessionCore, link: Link, then?: (isSound: boolean) => void): void {
  core.gate = 'looking'
  core.supervisor.core.noticeFreeze()
  peekThen(
    () => link.looksAlive,
    isAlive => {
      // Its death may have been announced meanwhile; then recovery has taken over.
      if (!isStillLooking(core, link)) then?.(false)
      else if (!isAlive) {
        link.condemn(closedByServer(), 'dead-before-send')
        then?.(false)
      } else if (pingIsDue(core, link)) {
        linkPing(link, core.supervisor.policy.prePing.timeoutMs).then(
          () => vetted(core, link, then),
          // An error is an answer as well: only silence and a closed socket end a link.
          () => vetted(core, link, then),
        )
      } else vetted(core, link, then)
    },
  )
}

function needsLookBeforeCommit(link: Link, { sql }: DriverCommand, at: number): boolean {
  return sql !== undefined && link.idleSince < at - COMMIT_FRESH_MS && COMMITS.test(sql)
}

function isStillLooking(core: SessionCore, link: Link): boolean {
  return core.link === link && core.gate === 'looking'
}

function pingIsDue(core: SessionCore, link: Link): boolean {
  const { generation, policy } = core.supervisor
  const isSuspect = link.generation !== generation
  const question = { idleMs: now() - link.idleSince, policy: policy.prePing }
  // Of a statement that could not be repeated; what it is must be read from its text, which takes longer than all the rest.
  const mayBeDue = isSuspect || needsPing({ ...question, resendable: false })
  const [first] = core.held
  if (first === undefined) {
    // A checkout. Whether a ping is worth it depends on the statement to come: the look before that one decides.
    // An ORM's pool must know whether a transaction is open; to mysql2's own that is its users' business.
    if (core.keeper === 'orm-pool' && core.tracker.isUnsure) return true
    if (mayBeDue) link.pingDueSince = link.idleSince
    return false
  }
  if (!mayBeDue || policy.prePing.mode === 'never') return false
  const { resendable } = factsOf(core, first)
  return needsPing({ ...question, resendable }) || (isSuspect && !resendable)
}

function vetted(core: SessionCore, link: Link, then?: (isSound: boolean) => void): void {
  if (!isStillLooking(core, link)) {
    then?.(false)
    return
  }
  link.vettedAt = now()
  link.generation = core.supervisor.generation
  if (core.held.length > 0) link.pingDueSince = Number.NEGATIVE_INFINITY
  core.release()
  then?.(true)
}
