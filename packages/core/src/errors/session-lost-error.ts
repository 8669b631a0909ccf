import type { BaggageKind } from '../statement/statement-facts.js'
import { brandClass } from './brand.js'
import { ComebackError } from './comeback-error.js'
import { howLost, identified, type LossOptions, type LossReason, lossIdentity, wasSent } from './loss.js'

/** What a {@link SessionLostError} is made of. */
export interface SessionLostErrorOptions extends LossOptions {
  /** What the session held that no new link can be given; empty when the statement reads what the lost link knew. */
  readonly baggage: readonly BaggageKind[]
  /** Whether the statement ran. */
  readonly executed: 'no' | 'yes' | 'unknown'
}

const words: Readonly<Record<BaggageKind, string>> = {
  'temporary-table': 'a temporary table',
  'user-lock': 'a lock taken with GET_LOCK',
  'table-lock': 'a table lock',
  'user-variable': 'a user variable',
  'sql-prepared-statement': 'a statement prepared with PREPARE',
  handler: 'an open HANDLER',
  variable: 'a changed system variable',
  schema: 'a changed default database',
  'autocommit-off': 'autocommit switched off',
  opaque: 'changes that the text of its statements does not show',
}

const known = {
  no: 'The statement was not executed.',
  yes: 'The statement was executed.',
  unknown: 'Whether the statement was executed is not known.',
} as const

const advice = 'Take a new connection, build up its state again and start over from there.'

/**
 * The connection was lost, and with it state of the session that a new connection does not have. The statement was not
 * run without that state, because its result would have been wrong.
 */
export class SessionLostError extends ComebackError {
  /** Tells the class apart from its siblings in a `switch`. */
  declare readonly name: 'SessionLostError'
  /** Whether the statement ran. */
  declare readonly executed: 'no' | 'yes' | 'unknown'
  /** What the session held that no new link can be given; empty when the statement reads what the lost link knew. */
  readonly baggage: readonly BaggageKind[]
  /** Why the link was given up. */
  readonly reason: LossReason

  static {
    brandClass(SessionLostError.prototype, 'SessionLostError')
  }

  /** Made by the layers of Comeback; an application only reads it. */
  constructor(options: SessionLostErrorOptions) {
    const { baggage, evidence, executed, reason = 'connection-lost', verb } = options
    const identity = lossIdentity(options.cause, wasSent(evidence) && executed !== 'no')
    const held =
      baggage.length === 0
        ? 'what the statement asks of the session (such as LAST_INSERT_ID())'
        : baggage.map(kind => words[kind]).join(', ')
    const what = identified(`${howLost(reason)}, and with it ${held}`, verb, identity)
    super(
      { ...identity, evidence, executed, advice, message: `${what} ${known[executed]} ${advice}` },
      options,
    )
    this.baggage = baggage
    this.reason = reason
  }
}
