import { nearName } from '../policy/near-name.js'
import { refuse, typeOf } from '../policy/refuse.js'
import type { Annotation } from './annotation.js'

interface Check {
  readonly accepts: (value: unknown) => boolean
  readonly choices: readonly string[]
}

/** The longest delay that a timer of Node takes. */
const longestMs = 2_147_483_647

const isSignal = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'aborted' in value &&
  typeof value.aborted === 'boolean' &&
  'addEventListener' in value

const isBoolean: Check = { accepts: value => typeof value === 'boolean', choices: ['true', 'false'] }

const checks: Readonly<Record<keyof Annotation, Check | undefined>> = {
  idempotent: isBoolean,
  retry: isBoolean,
  verify: { accepts: value => typeof value === 'function', choices: ['async () => boolean'] },
  deadlineMs: {
    accepts: value => typeof value === 'number' && value >= 1 && value <= longestMs,
    choices: [`milliseconds from 1 to ${longestMs}`],
  },
  signal: { accepts: isSignal, choices: ['an AbortSignal'] },
  exactlyOnce: undefined,
}

const keys = Object.keys(checks) as readonly (keyof Annotation)[]
const available = keys.filter(key => checks[key] !== undefined)

const isKey = (name: string): name is keyof Annotation => Object.hasOwn(checks, name)

/**
 * Checks an annotation that was given with a statement, and copies it. A key that is `undefined` is left out.
 *
 * @param where - what the annotation is called in messages; default `annotation`.
 * @throws ComebackConfigError when it is no object, has an unknown key, a value of the wrong type or out of bounds, or asks for
 * `exactlyOnce`, which this version does not have: a statement must not be sent without a guarantee that was asked for.
 */
export const annotationFrom = (given: unknown, where = 'annotation'): Annotation => {
  if (Object.prototype.toString.call(given) !== '[object Object]') {
    throw refuse({ option: where, received: typeOf(given), choices: [`{ ${available.join(', ')} }`] })
  }
  const annotation: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given as object)) {
    const option = `${where}.${name}`
    if (!isKey(name)) {
      const near = nearName(name, available)
      throw refuse({
        option,
        problem: 'unknown option',
        received: typeOf(value),
        choices: available,
        ...(near === undefined ? {} : { didYouMean: `${where}.${near}` }),
      })
    }
    if (value === undefined) continue
    const check = checks[name]
    if (check === undefined) {
      throw refuse({
        option,
        problem: 'not available in this version',
        received: typeOf(value),
        choices: ['undefined'],
      })
    }
    if (!check.accepts(value)) throw refuse({ option, received: typeOf(value), choices: check.choices })
    annotation[name] = value
  }
  return annotation
}
