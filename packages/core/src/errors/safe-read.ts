/** An object or a function: anything that can carry fields. */
export type Fields = Readonly<Record<PropertyKey, unknown>>

/** Whether `value` can carry fields. */
export const hasFields = (value: unknown): value is Fields =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'

/** A field of a thrown value, whatever that is: a getter or a proxy that throws counts as not there. */
export const safeRead = (value: Fields, key: PropertyKey): unknown => {
  try {
    return value[key]
  } catch {
    return undefined
  }
}
