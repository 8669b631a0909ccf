import type { Evidence } from '../classification/verdict.js'
import { brandClass } from './brand.js'
import { ComebackError, type ComebackErrorOptions } from './comeback-error.js'
import { identified, lossIdentity, wasSent } from './loss.js'

/** What a {@link PoisonQueryError} is made of. */
export interface PoisonQueryErrorOptions extends ComebackErrorOptions {
  /** How many servers or links died while they ran the statement. */
  readonly deaths: number
  /** `no` when it was refused before it was sent; default: `no`. */
  readonly executed?: 'no' | 'unknown'
  /** Default: `queued-never-sent`, or `no-answer` when `executed` is `unknown`. */
  readonly evidence?: Evidence
  /** The first keyword of the statement, e.g. `SELECT`; never more of it. */
  readonly verb?: string
}

const advice =
  'Find out why the server dies of it (its error log, its version, the data) before it is sent again.'

/** The same statement was under way each time the server died. It is kept away from the server. */
export class PoisonQueryError extends ComebackError {
  /** Tells the class apart from its siblings in a `switch`. */
  declare readonly name: 'PoisonQueryError'
  /** `no` when it was refused before it was sent. */
  declare readonly executed: 'no' | 'unknown'
  /** How many servers or links died while they ran the statement. */
  readonly deaths: number

  static {
    brandClass(PoisonQueryError.prototype, 'PoisonQueryError')
  }

  /** Made by the layers of Comeback; an application only reads it. */
  constructor(options: PoisonQueryErrorOptions) {
    const { deaths, executed = 'no', verb } = options
    const evidence = options.evidence ?? (executed === 'no' ? 'queued-never-sent' : 'no-answer')
    const identity = lossIdentity(options.cause, wasSent(evidence))
    const what = identified(
      `The server was lost ${deaths} times while it ran the same statement`,
      verb,
      identity,
    )
    const known = executed === 'no' ? 'It was not sent again.' : 'Whether it was executed is not known.'
    super({ ...identity, evidence, executed, advice, message: `${what} ${known} ${advice}` }, options)
    this.deaths = deaths
  }
}
