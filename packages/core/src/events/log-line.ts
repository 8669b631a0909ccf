import type { ComebackEvent, EventType } from './event-types.js'

/** How loud an event is. Recovery that works is `info`; what an application gets as an error is `warn` or louder. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

const lines: { readonly [T in EventType]: readonly [LogLevel, string] } = {
  'link-lost': ['info', 'a connection was lost'],
  reopened: ['info', 'a connection was opened again'],
  resend: ['info', 'a statement is sent again'],
  verified: ['info', 'the outcome of a statement was verified'],
  'outcome-unknown': ['error', 'nobody knows whether a write was executed'],
  'lost-transaction': ['warn', 'a transaction was lost'],
  'session-lost': ['warn', 'the state of a session was lost'],
  shared: ['warn', 'a connection was used from where it does not belong'],
  abandoned: ['warn', 'a statement was given up'],
  killed: ['debug', 'an abandoned statement was looked for on the server'],
  suspect: ['debug', 'all connections are looked at before their next use'],
  'outage-begin': ['warn', 'the database can not be reached'],
  'outage-end': ['info', 'the database can be reached again'],
  // Each caller is given an error; a line for every one of thousands would be noise.
  unavailable: ['debug', 'no connection could be had'],
  breaker: ['warn', 'the breaker changed its state'],
  'server-changed': ['warn', 'the server was restarted or is another one'],
  quarantined: ['error', 'a statement was refused because the server died of it before'],
}

/** The level of an event in logs. */
export const logLevel = (type: EventType): LogLevel => lines[type][0]

const inHeading: ReadonlySet<string> = new Set(['type', 'pool', 'at'])

/** One line that says it all to loggers that print nothing but the message: what happened, and every plain field. */
export const logLine = (event: ComebackEvent): string => {
  const fields = Object.entries(event)
    .filter(([key, value]) => !inHeading.has(key) && value !== undefined && typeof value !== 'object')
    .map(([key, value]) => `${key}=${String(value)}`)
  return [`comeback ${event.type}: ${lines[event.type][1]}`, `pool=${event.pool}`, ...fields].join(' ')
}
