import { commandClasses } from '../driver/driver.js'
import type {
  DriverCommand,
  DriverConfig,
  DriverConnection,
  DriverStatement,
} from '../driver/driver-types.js'
import type { Link } from '../link/link.js'
import { failLater } from './fail-later.js'
import type { SessionCore } from './session-core.js'

const { Prepare, Execute } = commandClasses

/**
 * What a prepared statement has for a connection: numbers of statements start at 1 on every link, so a handle must
 * never be executed or closed on another link than the one that made it.
 */
export class StatementPort {
  readonly link: Link
  /** Read by mysql2's promise flavour at each `execute()`. */
  readonly config: DriverConfig
  readonly #core: SessionCore

  constructor(core: SessionCore, link: Link) {
    this.#core = core
    this.link = link
    this.config = core.config
  }

  /** Called by mysql2 for `statement.execute()` and `statement.close()`. */
  addCommand(command: DriverCommand): DriverCommand {
    if (command.constructor === Execute) return this.#core.submit(withText(command))
    if (this.link.deathCause === undefined) this.link.addCommand(command)
    return command
  }
}

/** mysql2 gives an Execute no text when it comes from a handle; without one it would pass for harmless. */
function withText(command: DriverCommand): DriverCommand {
  return Object.assign(command, { sql: command.statement?.query })
}

/** Whether the statement that an Execute carries was prepared on another link. */
export function belongsElsewhere(command: DriverCommand, link: Link): boolean {
  const owner: unknown = command.statement?._connection
  return owner !== link && !(owner instanceof StatementPort && owner.link === link)
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
      handle._connection = core.statementPort(link) as unknown as DriverConnection
    }
  })
  link.addCommand(prepare)
  link.addCommand(command)
}

/** The statement can not be prepared any more: its Execute ends with that error and is not sent. */
function callOff(core: SessionCore, command: DriverCommand, error: unknown): void {
  Object.assign(command, { start: () => null })
  failLater(core, command, error)
}
