import { DraftFacts } from './draft-facts.js'
import { inspect } from './session-dependence.js'
import type { StatementTokens } from './statement-tokens.js'

/** Definitions and maintenance that commit an open transaction. */
export function definitionStatement(_tokens: StatementTokens, facts: DraftFacts): void {
  facts.kind = 'ddl'
  facts.implicitCommit = true
}

/** CREATE. A temporary table commits nothing and stays with the session. */
export function createStatement(tokens: StatementTokens, facts: DraftFacts): void {
  const word = tokens.words(1, 'OR', 'REPLACE') ? 3 : 1
  const temporary = tokens.word(word) === 'TEMPORARY'
  facts.kind = 'ddl'
  facts.implicitCommit = !temporary
  if (temporary) facts.leaves.add('temporary-table')
  if (tokens.word(temporary ? word + 1 : word) !== 'TABLE') return
  // CREATE TABLE … SELECT runs what it selects; the rest of a definition calls nothing.
  const selected = new DraftFacts()
  inspect(tokens, selected)
  selected.opaque &&= tokens.has('SELECT')
  facts.include(selected)
}

/** DROP. Whether it drops the session's last temporary table can not be seen. */
export function dropStatement(tokens: StatementTokens, facts: DraftFacts): void {
  if (tokens.word(1) === 'PREPARE') {
    facts.kind = 'session'
    return
  }
  facts.kind = 'ddl'
  facts.implicitCommit = tokens.word(1) !== 'TEMPORARY'
}

/** LOCK TABLES, LOCK INSTANCE, BACKUP STAGE, BACKUP LOCK. */
export function lockStatement(tokens: StatementTokens, facts: DraftFacts): void {
  definitionStatement(tokens, facts)
  facts.leaves.add('table-lock')
}

/** UNLOCK TABLES gives all table locks back; UNLOCK INSTANCE only its own. */
export function unlockStatement(tokens: StatementTokens, facts: DraftFacts): void {
  definitionStatement(tokens, facts)
  if (tokens.word(1) === 'TABLES' || tokens.word(1) === 'TABLE') facts.clears.add('table-lock')
}

/** FLUSH, with which tables can be locked too. */
export function flushStatement(tokens: StatementTokens, facts: DraftFacts): void {
  definitionStatement(tokens, facts)
  if (tokens.has('LOCK') || tokens.has('EXPORT')) facts.leaves.add('table-lock')
}
