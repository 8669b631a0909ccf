import type { DraftFacts } from './draft-facts.js'
import { inspect } from './session-dependence.js'
import { setAssignment } from './set-assignment.js'
import { setTransaction } from './set-transaction.js'
import type { StatementTokens } from './statement-tokens.js'
import { TokenKind } from './token.js'

/** The ranges between the commas that stand in no parentheses. */
function items(tokens: StatementTokens, from: number): readonly { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = []
  let start = from
  for (let index = from; index <= tokens.length; index++) {
    if (tokens.kind(index) === TokenKind.open) index = tokens.closing(index)
    if (index < tokens.length && tokens.kind(index) !== TokenKind.comma) continue
    ranges.push({ from: start, to: Math.min(index, tokens.length) })
    start = index + 1
  }
  return ranges
}

/** SET ROLE, which is repeated as it was written when it holds nothing but names. */
function setRole(tokens: StatementTokens, facts: DraftFacts): void {
  facts.kind = 'session'
  const name = tokens.at(2)
  const plain = name.kind === TokenKind.word || name.kind === TokenKind.quoted
  if (plain && tokens.length === 3) facts.restore('role', `SET ROLE ${tokens.source(2, 3)}`)
  else facts.leaves.add('variable')
}

/**
 * SET in all its forms but SET STATEMENT. False when it is written in a way that no server is known to accept.
 */
export function setStatement(tokens: StatementTokens, facts: DraftFacts): boolean {
  const first = tokens.word(1)
  if (first === 'ROLE') {
    setRole(tokens, facts)
    return true
  }
  if (tokens.words(1, 'DEFAULT', 'ROLE')) {
    facts.implicitCommit = true
    return true
  }
  if (tokens.words(1, 'RESOURCE', 'GROUP')) {
    facts.kind = 'session'
    facts.leaves.add('variable')
    return true
  }
  const scoped = first === 'GLOBAL' || first === 'SESSION' || first === 'LOCAL'
  if (tokens.word(scoped ? 2 : 1) === 'TRANSACTION') return setTransaction(tokens, facts)

  facts.kind = 'session'
  let scope: string | undefined
  for (const { from, to } of items(tokens, 1)) {
    const assignment = setAssignment(tokens, facts, from, to, scope)
    if (assignment === undefined) return false
    scope = assignment.scope
  }
  return true
}

/** The part of SET STATEMENT … FOR that runs; undefined when there is none. */
export function setStatementBody(tokens: StatementTokens, facts: DraftFacts): StatementTokens | undefined {
  const end = tokens.indexOfWord('FOR', 2)
  if (end === -1) return undefined
  inspect(tokens, facts, 0, end)
  return tokens.slice(end + 1, tokens.length)
}
