import { SessionLostError, systemClock } from '@comeback/core'
import { commandClasses } from '../driver/driver.js'
import type { Link } from '../link/link.js'
import { linkQuery } from '../link/link-query.js'
import { quitWithoutLink } from './closing.js'
import { failAll } from './fail-later.js'
import { adopt, openFailed } from './opening.js'
import { refuseRereads } from './same-server.js'
import type { SessionCore } from './session-core.js'

const { Quit } = commandClasses
const { now } = systemClock

/** How often a link that dies while it is being set up is replaced by another before that counts as a failure. */
const MAX_LINKS = 5

/**
 * Opens a link for a session, gives it the session's state and lets the held statements go on; when none can be had
 * within the deadline, they fail with the reason. Never rejects.
 *
 * @param pauseMs - how long to leave the server alone first.
 */
export async function reopen(core: SessionCore, firstError: unknown, pauseMs = 0): Promise<void> {
  const { supervisor } = core
  if (core.gate !== 'opening') core.gate = 'reopening'
  core.troubleSince ??= now()
  const opening = new AbortController()
  core.opening = opening
  try {
    // Never so long that no time is left for what it comes before.
    if (pauseMs > 0) await pause(core, Math.min(pauseMs, core.remainingMs() / 2), opening.signal)
    for (let links = 1; ; links += 1) {
      const link = await supervisor.open(core, core.remainingMs(), firstError, opening.signal)
      try {
        await recogniseServer(core, link)
        await restoreSession(core, link)
        if (core.hasEnded) {
          link.stream.destroy()
          return
        }
        publishReopened(core, link)
        core.troubleSince = undefined
        adopt(core, link)
        return
      } catch (error) {
        link.stream.destroy()
        if (link.deathCause === undefined || links === MAX_LINKS || core.remainingMs() <= 0) throw error
      }
    }
  } catch (error) {
    reopenFailed(core, error)
  } finally {
    if (core.opening === opening) core.opening = undefined
  }
}

/** Waits, until it is told that nobody needs it to; rejects when the session is closed meanwhile. */
function pause(core: SessionCore, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const timer = systemClock.setTimeout(resolve, ms)
    const end = (settle: () => void) => (): void => {
      systemClock.clearTimeout(timer)
      settle()
    }
    core.endPause = end(resolve)
    signal.addEventListener(
      'abort',
      end(() => reject(signal.reason)),
      { once: true },
    )
  }).finally(() => {
    core.endPause = undefined
  })
}

/** Asks which server it is: after a loss, and always where reads must not change their server. */
async function recogniseServer(core: SessionCore, link: Link): Promise<void> {
  const { supervisor } = core
  const isBound = supervisor.policy.reads === 'same-server'
  if (core.gate !== 'reopening' && !isBound) return
  const comparison = await supervisor.recognise(link)
  if (isBound && comparison !== 'same' && comparison !== 'restarted') refuseRereads(core)
}

function publishReopened(core: SessionCore, link: Link): void {
  if (core.gate !== 'reopening') return
  const elapsedMs = Math.round(now() - (core.troubleSince ?? now()))
  const fields = { session: core.number, threadId: link.threadId ?? undefined, elapsedMs }
  core.supervisor.events.publish('reopened', fields, core.ring)
}

/** Repeats on a new link what the session had set, and the BEGIN of a transaction in which nothing has been done yet. */
async function restoreSession(core: SessionCore, link: Link): Promise<void> {
  const timeoutMs = core.supervisor.policy.outage.connectTimeoutMs
  for (const sql of core.tracker.restoreStatements()) {
    try {
      await linkQuery(link, sql, timeoutMs)
    } catch (error) {
      if (link.deathCause !== undefined) throw error
      throw new SessionLostError({
        cause: error,
        evidence: 'queued-never-sent',
        executed: 'no',
        baggage: ['variable'],
      })
    }
  }
}

function reopenFailed(core: SessionCore, error: unknown): void {
  if (core.gate === 'closed') return
  const wasFirst = core.gate === 'opening'
  core.gate = 'lost'
  core.troubleSince = undefined
  const held = core.held.splice(0)
  const goodbye = held.find(command => command.constructor === Quit)
  const others = held.filter(command => command !== goodbye)
  failAll(core, others, error)
  if (goodbye === undefined) openFailed(core, error, others.length > 0, wasFirst)
  // Nothing is left to say it to; that is no failure of the one who ends the session.
  else quitWithoutLink(core, goodbye)
}
