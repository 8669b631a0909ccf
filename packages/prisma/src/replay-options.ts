import { refuseOption, typeOf } from '@comeback/core'

/** How often something is run again as a whole. */
export interface ReplayPolicy {
  /** From 0, which is never, to 10. */
  readonly replay?: number
}

/** What the extension may do. */
export interface ComebackExtensionPolicy {
  /**
   * Operations that Prisma wraps in a transaction of its own (`create`, nested writes …). Lost and known to be rolled back, one
   * is run again from its beginning. Default: `{ replay: 2 }`.
   */
  readonly operations?: ReplayPolicy
  /** The default for `$transaction(…, { comeback: { replay } })`. Default: `{ replay: 0 }`. */
  readonly transactions?: ReplayPolicy
}

const MOST = 10

function checkKeys(given: unknown, where: string, keys: readonly string[]): asserts given is object {
  if (Object.prototype.toString.call(given) !== '[object Object]') {
    refuseOption(where, typeOf(given), [`{ ${keys.join(', ')} }`])
  }
  const unknown = Object.entries(given as object).find(([name]) => !keys.includes(name))
  if (unknown !== undefined) refuseOption(`${where}.${unknown[0]}`, typeOf(unknown[1]), keys)
}

/**
 * How often something may be run again, by what was given.
 *
 * @throws ComebackConfigError naming the option that is wrong.
 */
export function replaysOf(given: unknown, where: string, byDefault: number): number {
  if (given === undefined) return byDefault
  checkKeys(given, where, ['replay'])
  const { replay = byDefault } = given as { replay?: unknown }
  if (typeof replay === 'number' && Number.isInteger(replay) && replay >= 0 && replay <= MOST) return replay
  return refuseOption(`${where}.replay`, typeOf(replay), [`a whole number from 0 to ${MOST}`])
}

/** The policy of the extension, checked and filled in. */
export function resolveExtensionPolicy(policy: unknown = {}): { operations: number; transactions: number } {
  const where = 'comebackExtension(policy)'
  checkKeys(policy, where, ['operations', 'transactions'])
  const { operations, transactions } = policy as ComebackExtensionPolicy
  return {
    operations: replaysOf(operations, `${where}.operations`, 2),
    transactions: replaysOf(transactions, `${where}.transactions`, 0),
  }
}
