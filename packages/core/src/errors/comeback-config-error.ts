import { brandClass } from './brand.js'
import { ComebackError } from './comeback-error.js'

/** What a {@link ComebackConfigError} is made of. */
export interface ComebackConfigErrorOptions {
  /** The whole path of the option, e.g. `comeback(config, policy).retry.maxAttempts`. */
  readonly option: string
  /** What is wrong with it. Default: `wrong value`. */
  readonly problem?: string
  /** The type of what was given, e.g. `a negative number`; never the value, which may be a secret. */
  readonly received: string
  /** What may be given instead. */
  readonly choices: readonly string[]
  /** The nearest name or choice that exists. */
  readonly didYouMean?: string
  /** The error behind it, where there is one. */
  readonly cause?: unknown
}

/** An option is wrong. Thrown by the call that was given it, before anything connects. */
export class ComebackConfigError extends ComebackError {
  /** Tells the class apart from its siblings in a `switch`. */
  declare readonly name: 'ComebackConfigError'
  /** The whole path of the option. */
  readonly option: string
  /** The type of what was given. */
  readonly received: string
  /** What may be given instead. */
  readonly choices: readonly string[]

  static {
    brandClass(ComebackConfigError.prototype, 'ComebackConfigError')
  }

  /** Made by the layers of Comeback; an application only reads it. */
  constructor(options: ComebackConfigErrorOptions) {
    const { option, problem = 'wrong value', received, choices, didYouMean } = options
    const advice = didYouMean === undefined ? `Give ${choices.join(' or ')}.` : `Did you mean ${didYouMean}?`
    const listed = choices.length === 0 ? '' : ` Choices: ${choices.join(', ')}.`
    const hint = didYouMean === undefined ? '' : ` ${advice}`
    const message = `${option}: ${problem}, got ${received}.${hint}${listed}`
    super({ code: 'ERR_COMEBACK_CONFIG', fatal: false, advice, message }, { cause: options.cause })
    this.option = option
    this.received = received
    this.choices = choices
  }
}
