import { opaqueStatement, writeStatement } from './data-statement.js'
import type { DraftFacts } from './draft-facts.js'
import { inspect, leavesAnyUserVariable } from './session-dependence.js'
import type { StatementTokens } from './statement-tokens.js'
import { TokenKind } from './token.js'

/** A name that needs no escaping in backticks. */
const plainSchema = /^[^`\0]+$/

/** USE, repeated with the name in backticks, which every sql_mode reads alike. */
export function useStatement(tokens: StatementTokens, facts: DraftFacts): void {
  facts.kind = 'session'
  const { kind, start, end } = tokens.at(1)
  const source = tokens.sql.slice(start, end)
  const name = kind === TokenKind.quoted ? source.slice(1, -1) : source
  const named = kind === TokenKind.word || kind === TokenKind.quoted
  if (tokens.length === 2 && named && plainSchema.test(name)) facts.restore('schema', `USE \`${name}\``)
  else facts.leaves.add('schema')
}

/** PREPARE. The text that it prepares is run by EXECUTE. */
export function prepareStatement(tokens: StatementTokens, facts: DraftFacts): void {
  facts.kind = 'session'
  facts.leaves.add('sql-prepared-statement')
  inspect(tokens, facts)
}

/** DEALLOCATE PREPARE. Whether it was the session's last prepared statement can not be seen. */
export function deallocateStatement(_tokens: StatementTokens, facts: DraftFacts): void {
  facts.kind = 'session'
}

/** EXECUTE and EXECUTE IMMEDIATE run a text that is not in sight. */
export function executeStatement(tokens: StatementTokens, facts: DraftFacts): void {
  opaqueStatement(tokens, facts)
  facts.readsSession = true
}

/** HANDLER … OPEN, READ and CLOSE. */
export function handlerStatement(tokens: StatementTokens, facts: DraftFacts): void {
  writeStatement(tokens, facts)
  facts.readsSession = true
  const action = tokens.kind(2) === TokenKind.dot ? tokens.word(4) : tokens.word(2)
  if (action === 'READ') facts.kind = 'read'
  else {
    facts.kind = 'session'
    if (action !== 'CLOSE') facts.leaves.add('handler')
  }
}

/** GET DIAGNOSTICS. */
export function diagnosticsStatement(tokens: StatementTokens, facts: DraftFacts): void {
  facts.kind = 'session'
  inspect(tokens, facts)
  leavesAnyUserVariable(tokens, facts)
  facts.readsSession = true
}
