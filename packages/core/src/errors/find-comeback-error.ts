import { ComebackError } from './comeback-error.js'
import { hasFields, safeRead } from './safe-read.js'

const maxDepth = 8

/** Where ORMs and applications keep the error that they have wrapped. */
const links = ['parent', 'original', 'driverError', 'cause'] as const

/** A class whose instances are looked for. */
export type ErrorClass<T> = abstract new (...args: never[]) => T

const first = (thrown: unknown, depth: number): ComebackError | undefined => {
  if (!hasFields(thrown)) return undefined
  // The wrapped error comes first: it is a whole one, while a wrapper may only carry the brand.
  if (depth < maxDepth) {
    const inner = thrown instanceof ComebackError ? links.slice(0, -1) : links
    for (const link of inner) {
      const found = first(safeRead(thrown, link), depth + 1)
      if (found) return found
    }
  }
  return thrown instanceof ComebackError ? thrown : undefined
}

/**
 * The error of Comeback in anything that was caught: the error itself, or the one that an ORM or the application has
 * wrapped. The outermost one counts; with a class as second argument, only if it is of that class. Never throws.
 *
 * @example
 * ```ts
 * import { findComebackError, LostTransactionError } from '@comeback/core'
 *
 * const mayRunAgain = (error: unknown): boolean =>
 *   findComebackError(error, LostTransactionError)?.outcome === 'rolled-back'
 * ```
 */
export const findComebackError: {
  (thrown: unknown): ComebackError | undefined
  <T>(thrown: unknown, type: ErrorClass<T>): T | undefined
} = <T>(thrown: unknown, type?: ErrorClass<T>): (T & ComebackError) | ComebackError | undefined => {
  const found = first(thrown, 0)
  return type === undefined || found instanceof type ? found : undefined
}
