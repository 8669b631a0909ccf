import { nextTick } from 'node:process'
import type { DriverCommand } from '../driver/driver-types.js'
import { failCommand } from '../link/command.js'
import type { SessionCore } from './session-core.js'

/** A command has failed for good: its caller is told in the next tick, so that one caller's exception can not stop the others. */
export function failLater(core: SessionCore, command: DriverCommand, error: unknown): void {
  core.supervisor.onFailure?.(error)
  nextTick(failCommand, command, error, (unheard: unknown) => core.emitError(unheard))
}

/** The same for several. */
export function failAll(core: SessionCore, commands: readonly DriverCommand[], error: unknown): void {
  for (const command of commands) failLater(core, command, error)
}
