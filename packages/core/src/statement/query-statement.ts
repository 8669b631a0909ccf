import type { DraftFacts } from './draft-facts.js'
import { inspect, leavesAnyUserVariable } from './session-dependence.js'
import type { StatementTokens } from './statement-tokens.js'
import { TokenKind } from './token.js'

/** Words that begin a statement that returns rows and nothing else. */
export const queryVerbs: ReadonlySet<string> = new Set(['SELECT', 'VALUES', 'TABLE', 'WITH'])

/** The index of the first token that is no opening parenthesis. */
export function behindParentheses(tokens: StatementTokens, from: number): number {
  let index = from
  while (tokens.kind(index) === TokenKind.open) index++
  return index
}

/** The index behind the common table expressions of the WITH at `from`, or -1 when they are written otherwise. */
function behindWith(tokens: StatementTokens, from: number): number {
  let index = from + 1
  if (tokens.word(index) === 'RECURSIVE') index++
  for (;;) {
    index++
    if (tokens.kind(index) === TokenKind.open) index = tokens.closing(index) + 1
    if (tokens.word(index) !== 'AS' || tokens.kind(index + 1) !== TokenKind.open) return -1
    index = tokens.closing(index + 1) + 1
    if (tokens.word(index) === 'CYCLE') {
      const restrict = tokens.indexOfWord('RESTRICT', index)
      if (restrict === -1) return -1
      index = restrict + 1
    }
    if (tokens.kind(index) !== TokenKind.comma) return index
    index++
  }
}

/** Whether the statement at `from` is a query, and not a WITH whose main verb writes. */
function isQuery(tokens: StatementTokens, from: number): boolean {
  const first = behindParentheses(tokens, from)
  if (tokens.word(first) !== 'WITH') return queryVerbs.has(tokens.word(first))
  const main = behindWith(tokens, first)
  return main !== -1 && queryVerbs.has(tokens.word(behindParentheses(tokens, main)))
}

/** SELECT, VALUES, TABLE, WITH, with or without parentheses and set operations. */
export function queryStatement(tokens: StatementTokens, facts: DraftFacts): void {
  facts.kind = isQuery(tokens, 0) ? 'read' : 'write'
  if (tokens.has('INTO')) {
    facts.kind = 'write'
    leavesAnyUserVariable(tokens, facts)
  }
  // SELECT … PROCEDURE f(…)
  if (tokens.has('PROCEDURE')) facts.opaque = true
  inspect(tokens, facts)
}

const innerVerbs: ReadonlySet<string> = new Set([...queryVerbs, 'INSERT', 'UPDATE', 'DELETE', 'REPLACE'])

/** EXPLAIN and DESCRIBE, which run the statement only with ANALYZE; and MariaDB's ANALYZE, which always does. */
export function explainStatement(tokens: StatementTokens, facts: DraftFacts): void {
  facts.kind = 'read'
  let inner = 1
  let runs = tokens.word(0) === 'ANALYZE'
  while (inner < tokens.length && !innerVerbs.has(tokens.word(inner))) {
    if (tokens.kind(inner) === TokenKind.open) break
    if (tokens.word(inner) === 'ANALYZE') runs = true
    if (tokens.word(inner) === 'INTO') {
      facts.kind = 'write'
      leavesAnyUserVariable(tokens, facts)
    }
    inner++
  }
  if (runs && (!isQuery(tokens, inner) || tokens.has('INTO'))) {
    facts.kind = 'write'
    leavesAnyUserVariable(tokens, facts)
  }
  inspect(tokens, facts)
}

/** What SHOW says of the session that asks. */
const sessionShows: ReadonlySet<string> = new Set([
  'COUNT',
  'ERRORS',
  'LOCAL',
  'PROFILE',
  'PROFILES',
  'SESSION',
  'STATUS',
  'VARIABLES',
  'WARNINGS',
])

/** SHOW of any kind. */
export function showStatement(tokens: StatementTokens, facts: DraftFacts): void {
  facts.kind = 'read'
  const what = tokens.word(1)
  if (sessionShows.has(what)) facts.readsSession = true
  // Without a name the grants are those of the session's user and active roles.
  if (what === 'GRANTS') facts.readsSession = true
  inspect(tokens, facts)
}

/** HELP and CHECKSUM TABLE. */
export function plainRead(tokens: StatementTokens, facts: DraftFacts): void {
  facts.kind = 'read'
  inspect(tokens, facts)
}
