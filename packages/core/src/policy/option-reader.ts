import { nearName, nearOption } from './near-name.js'
import { optionsOf } from './option-paths.js'
import { refuse, typeOf } from './refuse.js'

/** The longest delay that a timer of Node takes; a longer one would fire at once. */
const longestMs = 2_147_483_647

/** What a group of options was given, and where it stands: `where` names the whole, `group` the path within it. */
export interface OptionGroup {
  readonly where: string
  readonly group: string
  readonly given: Readonly<Record<string, unknown>>
}

/** Bounds of a number, both included. */
export interface NumberBounds {
  readonly min: number
  readonly max?: number
  /** What is used when the option was not given. */
  readonly fallback: number
}

const pathOf = (options: OptionGroup, name: string): string =>
  [options.where, options.group, name].filter(part => part !== '').join('.')

/** Any object of names and values, from whatever realm; not an array, a Map, or a promise that nobody awaited. */
const isPlainGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  Object.prototype.toString.call(value) === '[object Object]'

/** The options in `value`, whose every name must be known. `undefined` counts as not given, as does a name whose value is undefined. */
export const readGroup = (value: unknown, where: string, group: string, alsoTakes = ''): OptionGroup => {
  const path = group === '' ? where : `${where}.${group}`
  const names = optionsOf(group)
  if (value === undefined) return { where, group, given: {} }
  if (!isPlainGroup(value)) {
    throw refuse({
      option: path,
      received: typeOf(value),
      choices: [...alsoTakes.split('|').filter(Boolean), `{ ${names.join(', ')} }`],
    })
  }
  for (const name of Object.keys(value)) {
    if (names.includes(name)) continue
    const near = nearOption(name, group)
    throw refuse({
      option: `${path}.${name}`,
      problem: 'unknown option',
      received: typeOf(value[name]),
      choices: names,
      ...(near === undefined ? {} : { didYouMean: `${where}.${near}` }),
    })
  }
  return { where, group, given: value }
}

/** A group within a group. */
export const readSubgroup = (options: OptionGroup, name: string, alsoTakes = ''): OptionGroup =>
  readGroup(
    options.given[name],
    options.where,
    options.group === '' ? name : `${options.group}.${name}`,
    alsoTakes,
  )

const readBounded = (options: OptionGroup, name: string, bounds: NumberBounds, what: string): number => {
  const value = options.given[name]
  if (value === undefined) return bounds.fallback
  const max = bounds.max ?? longestMs
  const inBounds = typeof value === 'number' && value >= bounds.min && value <= max
  if (inBounds && (what !== 'a whole number' || Number.isInteger(value))) return value
  throw refuse({
    option: pathOf(options, name),
    received: typeOf(value),
    choices: [`${what} from ${bounds.min} to ${max}`],
  })
}

/** A finite duration in milliseconds. */
export const readDuration = (options: OptionGroup, name: string, bounds: NumberBounds): number =>
  readBounded(options, name, bounds, 'milliseconds')

/** A whole number. */
export const readCount = (
  options: OptionGroup,
  name: string,
  bounds: NumberBounds & { readonly max: number },
): number => readBounded(options, name, bounds, 'a whole number')

/** Any finite number within its bounds. */
export const readNumber = (
  options: OptionGroup,
  name: string,
  bounds: NumberBounds & { readonly max: number },
): number => readBounded(options, name, bounds, 'a number')

/** One of a few strings. */
export const readChoice = <const T extends string>(
  options: OptionGroup,
  name: string,
  choices: readonly T[],
  fallback: T,
): T => {
  const value = options.given[name]
  if (value === undefined) return fallback
  const chosen = choices.find(choice => choice === value)
  if (chosen !== undefined) return chosen
  const near = typeof value === 'string' ? nearName(value, choices) : undefined
  throw refuse({
    option: pathOf(options, name),
    received: typeOf(value),
    choices: choices.map(choice => `'${choice}'`),
    ...(near === undefined ? {} : { didYouMean: `'${near}'` }),
  })
}

/** Any value that passes `is`; `expected` says what that is. */
export const readValue = <T>(
  options: OptionGroup,
  name: string,
  is: (value: unknown) => value is T,
  expected: string,
): T | undefined => {
  const value = options.given[name]
  if (value === undefined || is(value)) return value
  throw refuse({ option: pathOf(options, name), received: typeOf(value), choices: [expected] })
}

/** Refuses an option that contradicts another one. */
export const refuseContradiction = (
  options: OptionGroup,
  name: string,
  other: string,
  rule: string,
): never => {
  throw refuse({
    option: pathOf(options, name),
    problem: `contradicts ${pathOf(options, other)}`,
    received: typeOf(options.given[name]),
    choices: [rule],
  })
}

/** Refuses an option that is planned but not built. */
export const refuseUnavailable = (options: OptionGroup, name: string, choices: readonly string[]): never => {
  throw refuse({
    option: pathOf(options, name),
    problem: 'not available in this version',
    received: typeOf(options.given[name]),
    choices,
  })
}
