import mysql2 from 'mysql2'
import type { Driver, DriverCommand, DriverCommandClass, DriverConnection } from './driver-types.js'

/** The application's own mysql2 (a peer dependency), seen through the slice that is touched. */
export const driver: Driver = mysql2 as unknown as Driver

/** Runs one of mysql2's methods against a stand-in connection, to get hold of the command that it builds. */
function built(build: (connection: DriverConnection) => unknown): DriverCommand[] {
  const commands: DriverCommand[] = []
  const standIn = Object.create(driver.Connection.prototype) as DriverConnection
  standIn.config = {}
  standIn.addCommand = command => {
    commands.push(command)
    return command
  }
  build(standIn)
  return commands
}

function classOf(name: string, build: (connection: DriverConnection) => unknown): DriverCommandClass {
  const command = built(build).at(-1)
  if (command === undefined) throw new Error(`mysql2 builds no ${name} command`)
  return command.constructor
}

/** mysql2's command classes, which it does not export: taken from the commands that its public methods build. */
export const commandClasses: {
  readonly Query: DriverCommandClass
  readonly Execute: DriverCommandClass
  readonly Prepare: DriverCommandClass
  readonly Ping: DriverCommandClass
  readonly Quit: DriverCommandClass
  readonly Reset: DriverCommandClass
  readonly ChangeUser: DriverCommandClass
} = {
  Query: classOf('query', c => c.query('select 1')),
  Execute: classOf('execute', c => c.execute('select 1')),
  Prepare: classOf('prepare', c => c.prepare('select 1')),
  Ping: classOf('ping', c => c.ping()),
  Quit: classOf('quit', c => driver.Connection.prototype.end.call(c)),
  Reset: classOf('reset', c => (c as DriverConnection & { reset(): unknown }).reset()),
  ChangeUser: classOf('change user', c =>
    (c as DriverConnection & { changeUser(o: object): unknown }).changeUser({}),
  ),
}
