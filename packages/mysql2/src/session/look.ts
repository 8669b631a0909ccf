import { createPollWatch, needsPing, peekThen, systemClock, WATCH_MS } from '@comeback/core'
import type { DriverCommand } from '../driver/driver-types.js'
import type { Link } from '../link/link.js'
import { linkPing } from '../link/link-query.js'
import { closedByServer } from '../link/loss-reason.js'
import { type Failure, factsOf, judge } from './judge.js'
import type { SessionCore } from './session-core.js'

const { now } = systemClock

/** A link that was used or looked at within this time is not looked at again before the next statement. */
const FRESH_MS = 2

/** Before COMMIT a look costs more, since locks are held meanwhile: it comes only after a longer silence. */
const COMMIT_FRESH_MS = 5

const COMMITS = /^\s*commit\b/i

/** From here on a look takes longer than most statements, and than to find out whether it can be done without. */
const COSTLY_MS = 1

/** For how long it is believed that looks take what the last one took. */
const MEASURED_MS = 1_000

/** What becomes of a statement that meets a link which the server has closed. */
const LOST: Failure = { error: closedByServer(), evidence: 'no-answer' }

/** These are of the event loop, so there is one of each for all sessions. */
const polls = createPollWatch()
let lookTookMs = 0
let lookedAt = 0

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
  if (isSuspect(core, link)) return true
  return hasBeenIdle(link, at) && !goesWithout(core, link, command, at)
}

/** Whether a link must be looked at before it is shown to somebody, who is to see none that is dead. */
export function needsLookToBeShown(core: SessionCore, link: Link, at: number): boolean {
  return hasBeenIdle(link, at) || isSuspect(core, link)
}

function hasBeenIdle(link: Link, at: number): boolean {
  const freshSince = at - FRESH_MS
  return link.idleSince < freshSince && link.vettedAt < freshSince
}

/** Whether a link is looked at however short a time ago it was used. */
function isSuspect({ supervisor }: SessionCore, link: Link): boolean {
  if (link.generation !== supervisor.generation || link.pingDueSince === link.idleSince) return true
  return supervisor.policy.prePing.mode === 'always'
}

/**
 * Whether a link that has been idle goes without a look. On a busy loop its two turns take long, and the loop has polled a moment
 * ago: what a look would show has been seen, but for the turn that is under way. A checkout takes that risk, and so does
 * what would be sent again; a write, whose outcome would be unknown, does not.
 */
function goesWithout(core: SessionCore, link: Link, command: DriverCommand | undefined, at: number): boolean {
  if (lookTookMs < COSTLY_MS || at - lookedAt > MEASURED_MS) return false
  if (at - polls.seenUpTo(at) > WATCH_MS || !link.looksAlive) return false
  const { supervisor } = core
  const { prePing, classify } = supervisor.policy
  if (needsPing({ idleMs: at - link.idleSince, policy: prePing, resendable: false })) return false
  // The monotonic clock may have stood still with the machine.
  supervisor.core.noticeFreeze()
  if (link.generation !== supervisor.generation) return false
  if (command === undefined) return true
  // Rules of the application's own are asked about failures that there were.
  return classify === undefined && judge(core, command, LOST).decision.action === 'reopen-and-resend'
}

/**
 * Peeks at the link, and pings it where that is due. What is held meanwhile goes on if the link is sound; if it is not,
 * its death sets recovery going. `then` is told which.
 */
export function look(core: SessionCore, link: Link, then?: (isSound: boolean) => void): void {
  core.gate = 'looking'
  core.supervisor.core.noticeFreeze()
  const begunAt = now()
  peekThen(
    () => link.looksAlive,
    isAlive => {
      lookedAt = now()
      lookTookMs = lookedAt - begunAt
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
