import type { StatementFacts } from '../statement/statement-facts.js'

/** Verbs of statements that neither begin nor end a transaction: a stored function called in one may not either. */
const plainVerbs: ReadonlySet<string> = new Set([
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'REPLACE',
  'LOAD',
  'WITH',
  'TABLE',
  'VALUES',
  'DO',
])

/** CALL, EXECUTE, compound statements and all that the lexer does not know. */
const isInscrutable = (facts: StatementFacts): boolean =>
  facts.multiple || ((facts.opaque || facts.kind === 'write') && !plainVerbs.has(facts.verb))

/** Whether running it may have committed the transaction that was open before; after a loss the outcome is unknown then. */
export const mayCommit = (facts: StatementFacts): boolean => {
  if (facts.implicitCommit || isInscrutable(facts)) return true
  switch (facts.transaction) {
    case 'begin':
    case 'commit':
    case 'xa-start':
    case 'xa-prepare':
    case 'xa-commit':
      return true
    default:
      return false
  }
}

/** Whether it may leave a transaction open although it is answered with an error, as a procedure that begins one and fails. */
export const mayBegin = (facts: StatementFacts): boolean =>
  facts.transaction === 'begin' || facts.transaction === 'xa-start' || isInscrutable(facts)

/** A plain ROLLBACK: not to a savepoint, not of an XA branch, and nothing else in the text. */
export const isPlainRollback = (facts: StatementFacts): boolean =>
  facts.transaction === 'rollback' && !facts.multiple
