import { type Fields, hasFields, safeRead } from '../errors/safe-read.js'
import type { ErrorFacts } from './verdict.js'

/** Wrappers around wrappers are followed this deep, and this many errors are looked at in all. */
const maxDepth = 8
const maxErrors = 32

/** Where ORMs keep the driver's error: sequelize 6 (`parent`, `original`), typeorm (`driverError`). */
const wrapped = ['parent', 'original', 'driverError'] as const

const textOf = (value: Fields, key: string): string | undefined => {
  const found = safeRead(value, key)
  return typeof found === 'string' && found !== '' ? found : undefined
}

const wholeNumberOf = (value: Fields, key: string): number | undefined => {
  const found = safeRead(value, key)
  return typeof found === 'number' && Number.isInteger(found) ? found : undefined
}

/** The fields of one error alone, without a message. mysql2 puts the number of a server's last word into `code`. */
const codesOf = (error: Fields): Omit<ErrorFacts, 'message'> => {
  const code = textOf(error, 'code')
  const errno = wholeNumberOf(error, 'errno') ?? wholeNumberOf(error, 'code')
  const sqlState = textOf(error, 'sqlState')
  const syscall = textOf(error, 'syscall')
  return {
    ...(code === undefined ? {} : { code }),
    ...(errno === undefined ? {} : { errno }),
    ...(sqlState === undefined ? {} : { sqlState }),
    ...(syscall === undefined ? {} : { syscall }),
  }
}

const listOf = (error: Fields): readonly unknown[] => {
  const errors = safeRead(error, 'errors')
  try {
    return Array.isArray(errors) ? errors.slice(0, maxErrors) : []
  } catch {
    return []
  }
}

const isOfDriver = (facts: ErrorFacts): boolean => Object.keys(facts).length > 1

/** Depth first; what an error was wrapped around comes before the error itself, what merely caused it after. */
const search = (thrown: unknown, depth: number, seen: Set<unknown>): ErrorFacts | undefined => {
  if (!hasFields(thrown) || depth > maxDepth || seen.size >= maxErrors || seen.has(thrown)) return undefined
  seen.add(thrown)
  const into = (inner: unknown): ErrorFacts | undefined => search(inner, depth + 1, seen)
  let inner: ErrorFacts | undefined
  for (const candidate of [...wrapped.map(key => safeRead(thrown, key)), ...listOf(thrown)]) {
    const facts = into(candidate)
    if (facts !== undefined && isOfDriver(facts)) return facts
    inner ??= facts
  }
  const own: ErrorFacts = { ...codesOf(thrown), message: textOf(thrown, 'message') ?? '' }
  if (isOfDriver(own)) return own
  const cause = into(safeRead(thrown, 'cause'))
  if (cause !== undefined && isOfDriver(cause)) return cause
  return inner ?? (own.message === '' ? cause : undefined) ?? own
}

const messageOf = (thrown: unknown): string => (typeof thrown === 'string' ? thrown : '')

/**
 * Reads what classification needs out of anything that was thrown: a driver's error, an ORM's error around it, an
 * `AggregateError` of several attempts to connect, or no error at all. Never throws, changes nothing, and looks at a
 * bounded number of errors, also where causes form a ring.
 */
export const errorFacts = (thrown: unknown): ErrorFacts =>
  search(thrown, 0, new Set()) ?? { message: messageOf(thrown) }
