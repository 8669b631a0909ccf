import { errorFacts } from '../classification/error-facts.js'
import { hasFields, safeRead } from './safe-read.js'

/** Names of fields that repeat what others say, or that belong to the program and not to a log. */
const left = new Set(['comeback', 'ownerStack', 'otherStack'])

/** The codes of a driver's error, without its message: that may hold SQL, values, a user name or a host. */
const causeToJson = (cause: unknown): Readonly<Record<string, unknown>> | undefined => {
  if (cause === undefined) return undefined
  const name = hasFields(cause) ? safeRead(cause, 'name') : undefined
  const { message: _, ...codes } = errorFacts(cause)
  return { ...(typeof name === 'string' ? { name } : {}), ...codes }
}

/** An error of ours as plain data. */
export const errorToJson = (
  error: Error & { readonly events: unknown },
): Readonly<Record<string, unknown>> => {
  const fields = Object.fromEntries(Object.entries(error).filter(([name]) => !left.has(name)))
  const cause = causeToJson(error.cause)
  return {
    name: error.name,
    message: error.message,
    ...fields,
    ...(cause ? { cause } : {}),
    events: error.events,
  }
}
