import { commandClasses } from '../driver/driver.js'
import type { DriverCommand, DriverConnection, DriverStatement } from '../driver/driver-types.js'
import type { Link } from '../link/link.js'
import { failLater } from './fail-later.js'
import type { SessionCore } from './session-core.js'

const { Prepare } = commandClasses

const BOUND: unique symbol = Symbol.for('comeback.mysql2.bound') as never

/** Notes that a command (the closing of a prepared statement) means something on one link only. */
export function bindTo(link: Link, command: DriverCommand): DriverCommand {
  return Object.assign(command, { [BOUND]: link })
}

/** Whether a command means something on another link only: numbers of statements start at 1 on every link. */
export function isBoundElsewhere(command: DriverCommand, link: Link | null): boolean {
  const { [BOUND]: bound } = command as { [BOUND]?: Link }
  return bound !== undefined && bound !== link
}

/** Whether the statement that an Execute carries was prepared on another link. */
export function belongsElsewhere(command: DriverCommand, link: Link): boolean {
  return command.statement?._connection !== (link as DriverConnection)
}

/** Prepares the statement of an Execute on this link, then sends it; a handle of the caller's is renewed with it. */
export function prepareAgain(core: SessionCore, link: Link, command: DriverCommand): void {
  const handle = command.statement as DriverStatement
  const options = { ...command._executeOptions, sql: handle.query }
  const prepare = new Prepare(options, (error, prepared) => {
    if (error) callOff(core, command, error)
    else {
      const fresh = prepared as DriverStatement
      handle.id = fresh.id
      handle.parameters = fresh.parameters
      handle.columns = fresh.columns
      handle._connection = link
    }
  })
  link.take(prepare)
  link.take(command)
}

/** The statement can not be prepared any more: its Execute ends with that error and is not sent. */
function callOff(core: SessionCore, command: DriverCommand, error: unknown): void {
  Object.assign(command, { start: () => null })
  failLater(core, command, error)
}
