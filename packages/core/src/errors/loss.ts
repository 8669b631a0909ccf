import { errorFacts } from '../classification/error-facts.js'
import { isUnsent } from '../classification/unsent.js'
import type { Evidence } from '../classification/verdict.js'
import type { ComebackErrorOptions } from './comeback-error.js'

/**
 * Why a link was given up: it was lost, a deadline passed, the caller's signal was aborted, or the watchdog found
 * nobody at the other end.
 */
export type LossReason = 'connection-lost' | 'deadline' | 'aborted' | 'watchdog'

/** What the errors about a lost link have in common. */
export interface LossOptions extends ComebackErrorOptions {
  /** What was seen to happen to the statement. */
  readonly evidence: Evidence
  /** Default: `connection-lost`. */
  readonly reason?: LossReason
  /** The first keyword of the statement, e.g. `INSERT`; never more of it. */
  readonly verb?: string
}

/** The names and numbers under which drivers, ORMs and the manual know a loss. */
export interface LossIdentity {
  readonly code: string
  readonly errno: number
  readonly symbol: string
  readonly sqlState: string
  readonly fatal: boolean
}

const gone = { errno: 2006, symbol: 'CR_SERVER_GONE_ERROR' } as const
const lost = { errno: 2013, symbol: 'CR_SERVER_LOST' } as const

/** The driver's symbolic code, where it gave one. */
export const codeOf = (cause: unknown): string | undefined => errorFacts(cause).code

/** 2006 for a statement that was not sent or is known not to have run, 2013 for one that was lost on its way. */
export const lossIdentity = (cause: unknown, wasSent: boolean): LossIdentity => {
  const known = wasSent ? lost : gone
  return { code: codeOf(cause) ?? known.symbol, ...known, sqlState: 'HY000', fatal: true }
}

/** Whether the statement had been handed to the socket whole. */
export const wasSent = (evidence: Evidence): boolean => !isUnsent(evidence)

/** How the link came to be given up, for the first sentence of a message. */
export const howLost = (reason: LossReason): string => {
  switch (reason) {
    case 'connection-lost':
      return 'The connection to the database was lost'
    case 'deadline':
      return 'The statement had no answer within its deadline and was abandoned'
    case 'aborted':
      return 'The statement was abandoned because its signal was aborted'
    case 'watchdog':
      return 'The database no longer answered and the connection was given up'
  }
}

/** The end of a first sentence: which keyword, which numbers. */
export const identified = (what: string, verb: string | undefined, identity: LossIdentity): string => {
  const names = [...new Set([identity.code, identity.symbol])].join(', ')
  return `${what}${verb ? ` (${verb})` : ''} [${names} ${identity.errno}].`
}
