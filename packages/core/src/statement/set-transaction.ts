import type { DraftFacts } from './draft-facts.js'
import type { StatementTokens } from './statement-tokens.js'
import { TokenKind } from './token.js'

const levels: readonly (readonly string[])[] = [
  ['READ', 'UNCOMMITTED'],
  ['READ', 'COMMITTED'],
  ['REPEATABLE', 'READ'],
  ['SERIALIZABLE'],
]

interface Characteristic {
  readonly key: string
  readonly sql: string
  readonly end: number
}

function characteristicAt(tokens: StatementTokens, at: number): Characteristic | undefined {
  if (tokens.words(at, 'READ', 'ONLY') || tokens.words(at, 'READ', 'WRITE')) {
    const sql = `SET SESSION TRANSACTION READ ${tokens.word(at + 1)}`
    return { key: 'transaction_read_only', sql, end: at + 2 }
  }
  if (!tokens.words(at, 'ISOLATION', 'LEVEL')) return undefined
  const level = levels.find(words => tokens.words(at + 2, ...words))
  if (level === undefined) return undefined
  const sql = `SET SESSION TRANSACTION ISOLATION LEVEL ${level.join(' ')}`
  return { key: 'transaction_isolation', sql, end: at + 2 + level.length }
}

/**
 * SET [GLOBAL | SESSION] TRANSACTION. Without a scope it holds for the next transaction only and is transaction
 * control; with SESSION it can be repeated; with GLOBAL it is no business of the session.
 */
export function setTransaction(tokens: StatementTokens, facts: DraftFacts): boolean {
  const scope = tokens.word(1)
  let at = scope === 'TRANSACTION' ? 2 : 3
  for (;;) {
    const characteristic = characteristicAt(tokens, at)
    if (characteristic === undefined) return false
    if (scope === 'SESSION' || scope === 'LOCAL') facts.restore(characteristic.key, characteristic.sql)
    at = characteristic.end
    if (at >= tokens.length) break
    if (tokens.kind(at) !== TokenKind.comma) return false
    at++
  }
  if (scope === 'TRANSACTION') {
    facts.kind = 'transaction'
    facts.transaction = 'set-transaction'
  } else facts.kind = scope === 'GLOBAL' ? 'write' : 'session'
  return true
}
