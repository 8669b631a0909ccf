import { systemClock } from '@comeback/core'
import { commandClasses } from '../driver/driver.js'
import type { DriverCommand, StatementOptions } from '../driver/driver-types.js'

const { Prepare } = commandClasses

/** Whether mysql2 has started the command, that is, handed its bytes to the socket. */
export function hasStarted(command: DriverCommand): boolean {
  return typeof command.next === 'function'
}

/**
 * Whether a running command has given rows to its caller. With a callback mysql2 collects them first; without one each
 * row is an event, after one packet for the header, one for each column and one that ends the columns.
 */
export function hasDelivered(command: DriverCommand, packets: number): boolean {
  if (typeof command.onResult === 'function' || packets === 0) return false
  return (command._resultIndex ?? 0) > 0 || packets > (command._fieldCount ?? 0) + 2
}

/** The text of the statement that a command carries; undefined for ping, reset and the like. */
export function sqlOf(command: DriverCommand): string | undefined {
  return command.constructor === Prepare ? command.query : command.sql
}

/** The options object that the caller gave with the statement. */
export function optionsOf(command: DriverCommand): StatementOptions | undefined {
  return command._queryOptions ?? command._executeOptions ?? command.options
}

/** Whether mysql2 has already told the caller that this Execute will not come, since its Prepare failed. */
export function isCalledOff(command: DriverCommand): boolean {
  return Object.hasOwn(command, 'start')
}

function stopTimer(command: DriverCommand): void {
  if (!command.queryTimeout) return
  systemClock.clearTimeout(command.queryTimeout)
  command.queryTimeout = null
}

/** What a started command has gathered and what must go when it starts over; what the caller gave stays. */
const KEPT = new Set([
  '_events',
  '_eventsCount',
  '_maxListeners',
  'onResult',
  'sql',
  'query',
  'values',
  'parameters',
  'namedPlaceholders',
  'statement',
  'timeout',
  'key',
])

/**
 * Makes a started command as if it had never been, so that the same object (which the caller holds) can run on another
 * link. The fields are taken from a new command of the same class, so that none is forgotten.
 */
export function startOver(command: DriverCommand): void {
  stopTimer(command)
  const options = optionsOf(command)
  const fields = command as unknown as Record<string, unknown>
  if (options !== undefined) {
    const pristine = new command.constructor(options, command.onResult)
    for (const [name, value] of Object.entries(pristine)) {
      if (!KEPT.has(name)) fields[name] = value
    }
  }
  // A login begins with its first factor again; other commands without options gather nothing.
  if ('authenticationFactor' in command) fields['authenticationFactor'] = 0
  fields['next'] = null
}

const SETTLED: unique symbol = Symbol.for('comeback.mysql2.settled') as never
const PAIR: unique symbol = Symbol.for('comeback.mysql2.pair') as never

type Marked = DriverCommand & { [SETTLED]?: true; [PAIR]?: DriverCommand }

/** Notes that `execute()` has made these two: whichever fails first tells the caller, the other one must not tell him again. */
export function pairUp(prepare: DriverCommand, execute: DriverCommand): void {
  ;(prepare as Marked)[PAIR] = execute
  ;(execute as Marked)[PAIR] = prepare
}

/** The Prepare of an Execute that `execute()` has made, or the other way round. */
export function pairOf(command: DriverCommand): DriverCommand | undefined {
  return (command as Marked)[PAIR]
}

/** Marks a command as answered for good; false if it was already. */
function markSettled(command: DriverCommand): boolean {
  const marked = command as Marked
  if (marked[SETTLED]) return false
  marked[SETTLED] = true
  const pair = marked[PAIR]
  if (pair === undefined) return true
  if (pair.constructor !== Prepare) return markAlone(pair)
  pair.onResult = () => undefined
  return true
}

function markAlone(command: DriverCommand): boolean {
  const isFirst = !(command as Marked)[SETTLED]
  ;(command as Marked)[SETTLED] = true
  return isFirst
}

/** Fails a command as mysql2 fails one on an error packet: callback or event, then `end`, which frees pool slots. */
export function failCommand(command: DriverCommand, error: unknown, unheard: (error: unknown) => void): void {
  if (!markSettled(command)) return
  stopTimer(command)
  command._unpipeStream?.()
  if (typeof command.onResult === 'function') command.onResult(error)
  else if (command.listenerCount('error') > 0) command.emit('error', error)
  else unheard(error)
  command.emit('end')
}

/** The answer of a statement that needs no server: nothing was left to do. */
function emptyAnswer(): object {
  return {
    fieldCount: 0,
    affectedRows: 0,
    insertId: 0,
    info: '',
    serverStatus: 2,
    warningStatus: 0,
    changedRows: 0,
  }
}

/** Completes a command with an empty success. */
export function resolveCommand(command: DriverCommand): void {
  if (!markSettled(command)) return
  stopTimer(command)
  const answer = emptyAnswer()
  if (typeof command.onResult === 'function') command.onResult(null, answer, undefined)
  else {
    command.emit('fields', undefined)
    command.emit('result', answer)
  }
  command.emit('end')
}
