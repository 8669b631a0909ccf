import { ComebackError, type Policy } from '@comeback/core'
import type { SequelizeRetry } from './orm-types.js'

const GUARDED: unique symbol = Symbol.for('comeback.sequelize.guarded') as never

/** Says something once that whoever wrote the configuration should know. */
export type Warn = (message: string) => void

/** Warnings of an instance: to the policy's logger, else to the process; each of them once. */
export function warnOnce({ logger }: Policy): Warn {
  const said = new Set<string>()
  return message => {
    if (said.has(message) || logger === false) return
    said.add(message)
    if (logger) logger.warn(message, {})
    else process.emitWarning(message, { type: 'ComebackWarning', code: 'COMEBACK_SEQUELIZE_RETRY' })
  }
}

const HAS_NO_MATCH =
  'Sequelize’s option `retry` has no `match`, so it sends every statement again that fails, also a write that may have been executed. With ' +
  'Comeback under it, errors of Comeback are left out: what may be sent again has been. Name the failures that you mean in `retry.match`.'

const MATCHED =
  'Sequelize’s option `retry` matches an error of Comeback. The statement is not sent again: where that is safe it has been done already, ' +
  'otherwise it could be executed twice. Take lost connections out of `retry.match`.'

/** Whether one of the things that `retry.match` may hold means an error; as Sequelize's own retry has it. */
function matches(match: unknown, error: Error): boolean {
  if (typeof match === 'function') {
    try {
      if (error instanceof (match as new () => unknown)) return true
    } catch {
      // It is no class but a predicate.
      return Boolean((match as (error: Error) => unknown)(error))
    }
  }
  if (match === error.toString() || match === error.message) return true
  return match instanceof RegExp && (match.test(error.message) || match.test(error.toString()))
}

function rulesOf(match: unknown): readonly unknown[] {
  if (Array.isArray(match)) return match
  return match ? [match] : []
}

function guard(rules: readonly unknown[], warn: Warn): (error: Error) => boolean {
  const guarded = (error: Error): boolean => {
    const isMeant = rules.length === 0 || rules.some(rule => matches(rule, error))
    if (!isMeant || !(error instanceof ComebackError)) return isMeant
    warn(rules.length === 0 ? HAS_NO_MATCH : MATCHED)
    return false
  }
  return Object.assign(guarded, { [GUARDED]: true })
}

function isGuarded({ match }: SequelizeRetry): boolean {
  const [rule] = rulesOf(match)
  return typeof rule === 'function' && GUARDED in rule
}

/**
 * A configuration of Sequelize's retry that never sends a statement again whose fate Comeback has decided.
 *
 * @param isWhole - whether nothing is inherited: without `match` it then means every failure.
 */
export function guardedRetry(retry: SequelizeRetry, warn: Warn, isWhole: boolean): SequelizeRetry {
  const isInherited = !isWhole && !('match' in retry)
  if (isInherited || isGuarded(retry)) return retry
  return { ...retry, match: [guard(rulesOf(retry.match), warn)] }
}

/** Says at once that a configuration has no `match`, if it would send anything a second time. */
export function warnOfRetry(retry: SequelizeRetry | undefined, warn: Warn): void {
  if (retry !== undefined && rulesOf(retry.match).length === 0 && (retry.max ?? 0) > 1) warn(HAS_NO_MATCH)
}
