import { ComebackError } from '@comeback/core'

const SEALED: unique symbol = Symbol.for('comeback.knex.sealed') as never

/**
 * Knex writes the statement, values and all, in front of the message of every error that passes by, once for each
 * statement that fails with it. An error of Comeback's keeps the message that it has.
 */
export function keepMessage(error: unknown): void {
  if (!(error instanceof ComebackError) || Object.hasOwn(error, SEALED)) return
  const { message } = error
  Object.defineProperty(error, SEALED, { value: true })
  Object.defineProperty(error, 'message', {
    configurable: true,
    enumerable: false,
    get: () => message,
    set() {
      // What Knex writes goes nowhere.
    },
  })
}
