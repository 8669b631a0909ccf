import type { Decision, DecisionInput } from './decision.js'
import { allowingRules, forbiddingRules } from './resend-rules.js'
import type { DecisionRule } from './rule.js'
import { settledRules } from './settled-rules.js'
import { sessionRules, transactionRules } from './transaction-rules.js'

/** The decision table, in order: the first rule that applies decides. The last one always applies. */
export const decisionRules: readonly DecisionRule[] = [
  ...settledRules,
  ...transactionRules,
  ...sessionRules,
  ...forbiddingRules,
  ...allowingRules,
]

/**
 * Decides what becomes of a statement that has failed, or that is about to be sent on a link that was found dead (verdict
 * `link-lost`, executed `no`, attempt 0). Pure and total. `session` is its snapshot from before the tracker was told of the error.
 *
 * No statement that may have been executed is sent again unless it is a read that depends on no session state, or the
 * caller has declared it, or all that it did is gone with its link (BEGIN outside a transaction, a restorable `SET`).
 */
export const decide = (input: DecisionInput): Decision => {
  const rule = decisionRules.find(({ when }) => when(input))
  if (rule === undefined) throw new TypeError('No decision rule applies; the last one always does.')
  return { ...rule.ruling(input), reason: rule.id }
}
