import { nextTick } from 'node:process'
import { look, needsLook } from './look.js'
import type { SessionCore } from './session-core.js'

/**
 * Takes a session into use if nothing speaks against it; false if it must be looked at first.
 *
 * @param at - the time, by the monotonic clock: whoever asks two questions of a session reads the clock once.
 */
export function checkOutAtOnce(core: SessionCore, at?: number): boolean {
  const { link } = core
  if (!core.isFit || !isUsable(core) || link === null) return false
  // A BEGIN that was still under way when the session came back.
  if (core.keeper === 'orm-pool' && core.tracker.isInTransaction) return false
  // What the one before is still waiting for finds out by itself; to drop the session would take it from him.
  if (!core.isBusy && core.gate === 'open' && needsLook(core, link, undefined, at)) return false
  core.inUse = true
  return true
}

/** Looks at an idle session and takes it into use if it is sound. */
export function checkOut(core: SessionCore, then: (isSound: boolean) => void): void {
  const { link } = core
  if (core.gate !== 'open' || !core.isFit || !isUsable(core) || link === null) {
    nextTick(then, false)
    return
  }
  look(core, link, isSound => {
    // The look has made sure where it was not known.
    core.inUse = isSound && !(core.keeper === 'orm-pool' && core.tracker.isInTransaction)
    then(core.inUse)
  })
}

/**
 * Puts a session back; false if it must not be used again. As with mysql2 its last statements may still be under way then, even
 * on their way to another link: they are answered, and those of the next user queue up behind them.
 */
export function checkIn(core: SessionCore): boolean {
  core.putBack()
  core.isFit = isUsable(core)
  // Whoever gets it next must not find himself in somebody else's transaction. mysql2's own pool leaves that to its users.
  if (core.keeper === 'orm-pool') core.isFit &&= !core.tracker.isInTransaction || core.tracker.isUnsure
  return core.isFit
}

function isUsable(core: SessionCore): boolean {
  return core.gate !== 'closed' && core.poison === undefined && (core.hasLink || core.isBusy)
}

/** Whether a session's link has lived as long as the policy allows and does nothing at the moment. */
export function isExpired(core: SessionCore, at: number): boolean {
  return core.link !== null && core.link.expiresAt < at && !core.isBusy
}
