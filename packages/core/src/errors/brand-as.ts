import { brandOf } from './brand.js'
import type { ComebackError } from './comeback-error.js'

const define = (target: object, key: PropertyKey, value: unknown, enumerable: boolean): void => {
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true })
}

/**
 * Puts the brand and the fields of one of our errors on an error that an ORM has wrapped around it, for adapters.
 * The ORM's error keeps its class, its message and every field that it has already; `instanceof` is then true for
 * both classes.
 *
 * @returns `target`
 * @throws TypeError when `target` is frozen
 */
export const brandAs = <T extends object>(target: T, error: ComebackError): T => {
  define(target, brandOf('ComebackError'), true, false)
  define(target, brandOf(error.name), true, false)
  for (const [key, value] of Object.entries(error)) {
    if (!Object.hasOwn(target, key)) define(target, key, value, true)
  }
  if (!Object.hasOwn(target, 'events')) define(target, 'events', error.events, false)
  if (!Object.hasOwn(target, 'cause')) define(target, 'cause', error, false)
  return target
}
