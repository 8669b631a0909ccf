import { againIfStopped, processWide, systemClock } from '@comeback/core'
import { commandClasses } from '../driver/driver.js'
import type { DriverCommand } from '../driver/driver-types.js'
import type { Link } from './link.js'
import { noAnswer } from './loss-reason.js'

/** Kept beside the commands: a mark on them would give mysql2's own code commands of two shapes, which is felt at each statement. */
const ours = processWide('comeback.mysql2.ours', () => new WeakSet<DriverCommand>())

/** Whether a command was issued by Comeback itself: it is never resent, and its loss is told to its own callback. */
export function isOurs(command: DriverCommand): boolean {
  return ours.has(command)
}

function markOurs<C extends DriverCommand>(command: C): C {
  ours.add(command)
  return command
}

function within<T>(
  link: Link,
  timeoutMs: number,
  start: (settle: (error: unknown, value?: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = systemClock.setTimeout(() => {
      const late = noAnswer('read')
      link.condemn(late)
      reject(late)
    }, timeoutMs)
    start((error, value) => {
      systemClock.clearTimeout(timer)
      if (error) reject(error)
      else resolve(value as T)
    })
  })
}

/**
 * Keeps a `typeCast` of the application's from our own rows. It must be a function: mysql2 writes the application's over anything
 * else, after it has looked for the parser that it keeps for such rows, and so would make and keep one more each time.
 */
const asReceived = (_field: unknown, next: () => unknown): unknown => next()

type Rows = readonly Record<string, unknown>[]

/**
 * Runs one statement of Comeback's own on a link, which may run twice: once more when the server stopped it. A link that does not answer
 * within `timeoutMs` is given up. Rows come as objects.
 */
export function linkQuery(link: Link, sql: string, timeoutMs: number): Promise<Rows> {
  return againIfStopped(() => queryOnce(link, sql, timeoutMs))
}

function queryOnce(link: Link, sql: string, timeoutMs: number): Promise<Rows> {
  return within(link, timeoutMs, settle => {
    const options = { sql, rowsAsArray: false, typeCast: asReceived, nestTables: false }
    const query = new commandClasses.Query(options, (error, rows) => {
      settle(error, Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [])
    })
    link.take(markOurs(query))
  })
}

/** Sends COM_PING; a link that does not answer within `timeoutMs` is given up. */
export function linkPing(link: Link, timeoutMs: number): Promise<void> {
  return within(link, timeoutMs, settle => {
    link.take(markOurs(new commandClasses.Ping((error: unknown) => settle(error))))
  })
}
