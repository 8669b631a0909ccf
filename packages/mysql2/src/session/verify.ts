import { systemClock } from '@comeback/core'
import type { DriverCommand } from '../driver/driver-types.js'
import { resolveCommand, startOver } from '../link/command.js'
import { annotationOf, notesOf } from './command-notes.js'
import { failLater } from './fail-later.js'
import { failureFor } from './failure.js'
import type { Failure, Judgement } from './judge.js'
import type { SessionCore } from './session-core.js'

/**
 * Settles a write of unknown outcome by the caller's own look at the data. The session goes on meanwhile: the look may
 * need a connection of the same pool.
 */
export function verify(
  core: SessionCore,
  command: DriverCommand,
  failure: Failure,
  judgement: Judgement,
): void {
  const annotation = annotationOf(command, judgement.facts, core.supervisor.policy.annotation)
  const remainingMs = core.remainingMs()
  const unknown = (): void =>
    failLater(
      core,
      command,
      failureFor(core, command, failure, judgement, {
        action: 'fail',
        error: 'outcome-unknown',
        executed: 'unknown',
        reason: 'verify-failed',
      }),
    )
  let settled = false
  const once = (settle: () => void): void => {
    if (settled) return
    settled = true
    systemClock.clearTimeout(timer)
    settle()
  }
  const timer = systemClock.setTimeout(() => once(unknown), remainingMs)
  Promise.resolve()
    .then(() => annotation.verify?.())
    .then(
      tookEffect =>
        once(() => {
          if (typeof tookEffect === 'boolean') publishVerified(core, judgement, tookEffect)
          if (tookEffect === true) resolveCommand(command)
          // In a transaction that was begun meanwhile it would share that one's fate.
          else if (tookEffect === false && !core.tracker.isInTransaction && !core.isBusy) {
            notesOf(command).attempts += 1
            startOver(command)
            core.route(command)
          } else unknown()
        }),
      () => once(unknown),
    )
}

function publishVerified(core: SessionCore, { facts }: Judgement, executed: boolean): void {
  const fields = { session: core.number, verb: facts.verb, executed }
  core.supervisor.events.publish('verified', fields, core.ring)
}
