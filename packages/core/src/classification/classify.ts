import type { ClassificationContext } from './classification-context.js'
import { matches, phaseOf } from './matches.js'
import type { Rule } from './rule.js'
import { lastRule } from './rules/evidence-alone.js'
import { rules } from './rules.js'
import { provesNotExecuted } from './unsent.js'
import type { ErrorFacts, Verdict } from './verdict.js'

const transactionOf = (
  { transaction }: Rule['verdict'],
  executed: Verdict['executed'],
): Verdict['transaction'] => {
  if (transaction !== 'by-evidence') return transaction
  return executed === 'no' ? 'rolled-back' : 'unknown'
}

/** An answer proves of a compound that its last part failed. A link that the server ends at once has run no part of it. */
const told = (
  { executed, link }: Rule['verdict'],
  { compound }: ClassificationContext,
): Verdict['executed'] => {
  if (executed === 'by-evidence') return 'unknown'
  return compound === true && executed === 'no' && link !== 'lost' ? 'unknown' : executed
}

const settle = ({ id, verdict }: Rule, context: ClassificationContext): Verdict => {
  const { evidence } = context
  const { kind, retryable } = verdict
  if (phaseOf(context) === 'connect') {
    // Nothing was sent on a link that never was; of a transaction on the link before it this error says nothing.
    return { kind, executed: 'no', link: 'lost', transaction: 'unknown', evidence, retryable, rule: id }
  }
  const executed = provesNotExecuted(evidence) ? 'no' : told(verdict, context)
  const transaction = transactionOf(verdict, executed)
  return { kind, executed, link: verdict.link, transaction, evidence, retryable, rule: id }
}

/**
 * What an error proves, by the rules of `docs/classification.md`. Pure: the same input always gives the same verdict.
 * Never throws; an error that no rule knows is judged by its evidence alone.
 */
export const classify = (facts: ErrorFacts, context: ClassificationContext): Verdict => {
  const rule = rules.find(({ match }) => matches(match, facts, context)) ?? lastRule
  return settle(rule, context)
}
