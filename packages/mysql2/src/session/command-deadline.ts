import { mergeAnnotations, systemClock } from '@comeback/core'
import { commandClasses } from '../driver/driver.js'
import type { DriverCommand } from '../driver/driver-types.js'
import { aborted, deadlinePassed, inactivityTimeout } from '../link/loss-reason.js'
import { abandon } from './abandon.js'
import { notesOf, ownAnnotation } from './command-notes.js'
import type { SessionCore } from './session-core.js'

const { Prepare } = commandClasses

/**
 * Sees to it that a statement with a timeout, a deadline or a signal of its own is abandoned in time.
 *
 * @returns the reason why it must not even be sent, where its signal has been given already.
 */
export function watchCommand(core: SessionCore, command: DriverCommand): Error | undefined {
  // mysql2's own timeout fails the command and leaves it running: the next one waits behind it.
  if (command.timeout) command._handleTimeoutError = () => abandon(core, command, inactivityTimeout())
  if (command.constructor === Prepare) return undefined
  const { deadlineMs, signal } = mergeAnnotations(
    core.supervisor.policy.annotation,
    notesOf(command).scope,
    ownAnnotation(command),
  )
  if (signal?.aborted === true) return aborted(signal)
  if (deadlineMs !== undefined) {
    const timer = systemClock.setTimeout(() => abandon(core, command, deadlinePassed(deadlineMs)), deadlineMs)
    command.once('end', () => systemClock.clearTimeout(timer))
  }
  if (signal !== undefined) {
    const onAbort = (): void => abandon(core, command, aborted(signal))
    signal.addEventListener('abort', onAbort, { once: true })
    command.once('end', () => signal.removeEventListener('abort', onAbort))
  }
  return undefined
}
