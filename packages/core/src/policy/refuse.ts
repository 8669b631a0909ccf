import { ComebackConfigError, type ComebackConfigErrorOptions } from '../errors/comeback-config-error.js'

const typeOfNumber = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return 'an infinite number'
  if (value < 0) return 'a negative number'
  if (value === 0) return 'zero'
  return Number.isInteger(value) ? 'a number' : 'a fraction'
}

/** The type of a value in words; never the value, which may be a secret that went to the wrong place. */
export const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (value === undefined) return 'undefined'
  if (typeof value === 'number') return typeOfNumber(value)
  if (value === '') return 'an empty string'
  if (Array.isArray(value)) return 'an array'
  if (typeof value !== 'object') return `a ${typeof value}`
  const maker: unknown = Object.getPrototypeOf(value)?.constructor
  return typeof maker === 'function' && maker !== Object && maker.name !== ''
    ? `a ${maker.name} object`
    : 'an object'
}

/** The error for a wrong option, its stack without the frames of the check. */
export const refuse = (options: ComebackConfigErrorOptions): ComebackConfigError => {
  const error = new ComebackConfigError(options)
  Error.captureStackTrace(error, refuse)
  return error
}

/**
 * Refuses a wrong option.
 *
 * @param option - its whole path.
 * @param received - what was given, in words; never the value.
 * @param choices - what may be given instead.
 * @throws ComebackConfigError always.
 */
export function refuseOption(option: string, received: string, choices: readonly string[]): never {
  const error = new ComebackConfigError({ option, received, choices })
  Error.captureStackTrace(error, refuseOption)
  throw error
}
