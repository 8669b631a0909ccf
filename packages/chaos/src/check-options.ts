/** What a value must be; undefined if it is. */
export type Check = (value: unknown) => string | undefined

/** Refuses an options object with an unknown key or a wrong value, naming the option, what it got and the choices. */
export function checkOptions(owner: string, options: unknown, checks: Readonly<Record<string, Check>>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${owner}: the options are an object, not ${typeName(options)}`)
  }
  const choices = Object.keys(checks)
  for (const key of Object.keys(options)) {
    if (choices.includes(key)) continue
    throw new TypeError(`${owner}: there is no option '${key}'; choices: ${choices.join(', ') || 'none'}`)
  }
  for (const [key, check] of Object.entries(checks)) {
    const value: unknown = Reflect.get(options, key)
    const wanted = check(value)
    if (wanted !== undefined) {
      throw new TypeError(`${owner}: option '${key}' must be ${wanted}, not ${shown(value)}`)
    }
  }
}

/** Also allows the value to be left out. */
export function optional(check: Check): Check {
  return value => (value === undefined ? undefined : check(value))
}

/** One of the values named. */
export function oneOf(...choices: readonly (string | boolean)[]): Check {
  return value =>
    choices.includes(value as string)
      ? undefined
      : `one of ${choices.map(choice => shown(choice)).join(', ')}`
}

const numberCheck =
  (wanted: string, holds: (value: number) => boolean): Check =>
  value =>
    typeof value === 'number' && Number.isFinite(value) && holds(value) ? undefined : wanted

/** 0, 1, 2 … */
export const wholeNumber: Check = numberCheck(
  'a whole number from 0',
  value => Number.isInteger(value) && value >= 0,
)
/** 1, 2, 3 … */
export const ordinal: Check = numberCheck(
  'a whole number from 1',
  value => Number.isInteger(value) && value >= 1,
)
/** Milliseconds. */
export const duration: Check = numberCheck(
  'a number of milliseconds from 0 to 2147483647',
  value => value >= 0 && value < 2 ** 31,
)
/** More than nothing. */
export const positive: Check = numberCheck('a number above 0', value => value > 0)
/** A TCP port; 0 lets the system choose. */
export const port: Check = numberCheck(
  'a whole number from 0 to 65535',
  value => Number.isInteger(value) && value >= 0 && value < 65_536,
)

/** A TCP port that something listens on, or an error number. */
export const positiveTwoBytes: Check = numberCheck(
  'a whole number from 1 to 65535',
  value => Number.isInteger(value) && value > 0 && value < 65_536,
)

/** A string. */
export const text: Check = value => (typeof value === 'string' ? undefined : 'a string')
/** Five characters. */
export const sqlState: Check = value =>
  typeof value === 'string' && /^[0-9A-Z]{5}$/.test(value) ? undefined : 'five digits or capital letters'
/** Raw bytes. */
export const bytes: Check = value => (value instanceof Uint8Array ? undefined : 'a Uint8Array')

function typeName(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeName(value)
}
