import type { StatementFacts } from '../statement/statement-facts.js'
import type { DecisionInput } from './decision.js'
import { isOutage, isUnexecuted, type Ruling } from './rule.js'

/** Whether data may differ for its having run. A locking or opaque read counts, and so does ending an XA branch. */
export const mayWrite = ({ kind, transaction, locking, opaque, multiple }: StatementFacts): boolean =>
  kind === 'write' ||
  kind === 'ddl' ||
  locking ||
  opaque ||
  multiple ||
  transaction === 'xa-prepare' ||
  transaction === 'xa-commit' ||
  transaction === 'xa-rollback'

/** The error of a statement outside a transaction that is not sent again: what is known of it, and no more. */
export const fittingFailure = (input: DecisionInput): Ruling => {
  const { verdict, facts } = input
  const { executed } = verdict
  if (isUnexecuted(input)) {
    return { action: 'fail', error: isOutage(input) ? 'database-unavailable' : 'lost-connection', executed }
  }
  const isInDoubt = executed === 'unknown' && mayWrite(facts)
  return { action: 'fail', error: isInDoubt ? 'outcome-unknown' : 'lost-connection', executed }
}
