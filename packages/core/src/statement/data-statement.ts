import type { DraftFacts } from './draft-facts.js'
import { inspect, leavesAnyUserVariable } from './session-dependence.js'
import type { StatementTokens } from './statement-tokens.js'

/** INSERT, REPLACE, UPDATE, DELETE, DO, and what else writes without touching the session. */
export function writeStatement(tokens: StatementTokens, facts: DraftFacts): void {
  facts.kind = 'write'
  inspect(tokens, facts)
}

/** LOAD DATA and LOAD XML may fill user variables; LOAD INDEX commits. */
export function loadStatement(tokens: StatementTokens, facts: DraftFacts): void {
  writeStatement(tokens, facts)
  leavesAnyUserVariable(tokens, facts)
  if (tokens.word(1) === 'INDEX') {
    facts.kind = 'ddl'
    facts.implicitCommit = true
  }
}

/** CALL, EXECUTE, BINLOG and whatever is not known: effects out of sight. */
export function opaqueStatement(tokens: StatementTokens, facts: DraftFacts): void {
  writeStatement(tokens, facts)
  leavesAnyUserVariable(tokens, facts)
  facts.opaque = true
  facts.leaves.add('opaque')
}

/** Administration that commits an open transaction: START REPLICA, CHANGE … TO, STOP …. */
export function administrationStatement(_tokens: StatementTokens, facts: DraftFacts): void {
  facts.kind = 'write'
  facts.implicitCommit = true
}
