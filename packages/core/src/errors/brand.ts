import { hasFields, safeRead } from './safe-read.js'

/** On the prototype of each of our classes: the name of the class. */
const className: symbol = Symbol.for('comeback.error')

/** On every instance and on every error that was given the brand: true. */
export const brandOf = (name: string): symbol => Symbol.for(`comeback.error.${name}`)

/** Some ORMs copy own fields with string names onto an error of their own, and no symbols: this one survives that. */
const brandField = 'comeback'

/** Gives a class its name and its brand; called once, in the static block of the class. */
export const brandClass = (prototype: object, name: string): void => {
  Object.defineProperties(prototype, {
    name: { value: name, writable: true, configurable: true },
    [className]: { value: name },
    [brandOf(name)]: { value: true },
  })
}

/** Whether `value` was branded as `name`, by this copy of the package or by another one. */
export const hasBrand = (value: unknown, name: string): boolean => {
  if (!hasFields(value)) return false
  if (safeRead(value, brandOf(name)) === true) return true
  const field = safeRead(value, brandField)
  if (typeof field !== 'string') return false
  return name === 'ComebackError' ? /^[A-Z][A-Za-z]*Error$/.test(field) : field === name
}

/** `instanceof` by brand for our own classes, and by prototype for classes that a user derives from them. */
export const isInstance = (type: { readonly prototype: object }, value: unknown): boolean => {
  const name = Object.getOwnPropertyDescriptor(type.prototype, className)?.value
  if (typeof name === 'string') return hasBrand(value, name)
  return hasFields(value) && Object.prototype.isPrototypeOf.call(type.prototype, value)
}
