import type { Evidence } from '../classification/verdict.js'
import { brandClass, isInstance } from './brand.js'
import { errorToJson } from './error-json.js'

/** Something that happened to the session of an error shortly before it: a plain object with a `type` and a time. */
export type ErrorEvent = Readonly<Record<string, unknown>>

/** What every error of Comeback can be told. */
export interface ComebackErrorOptions {
  /** The driver's own error, kept as it is. For a loss: the first one. */
  readonly cause?: unknown
  /** How often the statement was tried, the first time included. Default: 1. */
  readonly attempts?: number
  /** Milliseconds from the call to this error. Default: 0. */
  readonly elapsedMs?: number
  /** Recent events of the session, oldest first. Default: none. */
  readonly events?: readonly ErrorEvent[]
  /** The row of the classification that decided, e.g. `server.shutdown`. */
  readonly rule?: string
}

/** What a class of errors adds to the options of its caller. */
export interface ComebackErrorDetails {
  /** What happened, what is known, what to do. No SQL, no values. */
  readonly message: string
  /** What to do next, in a sentence. */
  readonly advice: string
  /** The driver's code of the first loss, or a name of the manual. */
  readonly code: string
  /** Whether the link is lost. */
  readonly fatal: boolean
  /** The manual's number. */
  readonly errno?: number
  /** The manual's name for `errno`. */
  readonly symbol?: string
  /** The SQLSTATE that belongs to `errno`. */
  readonly sqlState?: string
  /** What was seen to happen to the statement. */
  readonly evidence?: Evidence
  /** Whether the statement took effect. */
  readonly executed?: 'no' | 'yes' | 'unknown'
}

/**
 * What all errors of Comeback have in common.
 *
 * `instanceof` holds between the ES module and the CommonJS copy of this package, and for an ORM's own error that
 * wraps one of these and was given its brand. No message holds SQL or a value of the caller's.
 */
export class ComebackError extends Error {
  /** The name of the class. Some ORMs copy it onto their own error, which then passes `instanceof` as well. */
  readonly comeback: string
  /** What to do next, in a sentence. */
  readonly advice: string
  /** The driver's code of the first loss where it had one (`PROTOCOL_CONNECTION_LOST` …), else a symbol of the manual. */
  readonly code: string
  /** The manual's number: 2006 when the statement was not sent, 2013 when the link was lost afterwards. */
  declare readonly errno?: number
  /** The manual's name for `errno`: `CR_SERVER_GONE_ERROR`, `CR_SERVER_LOST` … */
  declare readonly symbol?: string
  /** The SQLSTATE that belongs to `errno`. */
  declare readonly sqlState?: string
  /** Whether the link is lost, in the drivers' own word for it. */
  readonly fatal: boolean
  /** What was seen to happen to the statement, where there was one. */
  declare readonly evidence?: Evidence
  /** Whether the statement took effect, where there was one. */
  declare readonly executed?: 'no' | 'yes' | 'unknown'
  /** How often the statement was tried, the first time included. */
  readonly attempts: number
  /** Milliseconds from the call to this error. */
  readonly elapsedMs: number
  /** The row of the classification that decided; the rows are listed in `docs/classification.md`. */
  declare readonly rule?: string
  /** Recent events of the session, oldest first. Not enumerable, so that a log line stays short. */
  declare readonly events: readonly ErrorEvent[]

  static {
    brandClass(ComebackError.prototype, 'ComebackError')
  }

  /** Made by the classes below it; an application only reads it. */
  constructor(details: ComebackErrorDetails, options: ComebackErrorOptions = {}) {
    super(details.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.comeback = this.name
    this.advice = details.advice
    this.code = details.code
    if (details.errno !== undefined) this.errno = details.errno
    if (details.symbol !== undefined) this.symbol = details.symbol
    if (details.sqlState !== undefined) this.sqlState = details.sqlState
    this.fatal = details.fatal
    if (details.evidence !== undefined) this.evidence = details.evidence
    if (details.executed !== undefined) this.executed = details.executed
    this.attempts = options.attempts ?? 1
    this.elapsedMs = options.elapsedMs ?? 0
    if (options.rule !== undefined) this.rule = options.rule
    Object.defineProperty(this, 'events', {
      value: options.events ?? [],
      enumerable: false,
      writable: true,
      configurable: true,
    })
    Error.captureStackTrace(this, new.target)
  }

  /** `instanceof` by brand: true between copies of the package and for an error that was given the brand. Never throws. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: inherited by every class below, and it is about that class.
    return isInstance(this, value)
  }

  /** The fields as plain data, the cause cut down to its name and codes: nothing in it can hold SQL or a value. */
  toJSON(): Readonly<Record<string, unknown>> {
    return errorToJson(this)
  }
}
