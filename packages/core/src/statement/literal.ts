import type { StatementTokens } from './statement-tokens.js'
import { TokenKind } from './token.js'

/** Functions that are called without parentheses. */
const callingWords: ReadonlySet<string> = new Set([
  'CURRENT_DATE',
  'CURRENT_ROLE',
  'CURRENT_TIME',
  'CURRENT_TIMESTAMP',
  'CURRENT_USER',
  'LOCALTIME',
  'LOCALTIMESTAMP',
  'SYSDATE',
  'UTC_DATE',
  'UTC_TIME',
  'UTC_TIMESTAMP',
])

/** No quote and no backslash: such a text means the same whatever sql_mode the new link is in. */
const plainText = /^[^'"\\]*$/
const plainWord = /^\w+$/

/**
 * The literal value that stands between `from` and `to`, written so that every sql_mode reads it alike; undefined
 * when it is an expression, or when its meaning depends on the mode.
 */
export function literalBetween(tokens: StatementTokens, from: number, to: number): string | undefined {
  const { kind, start, end } = tokens.at(from)
  const source = tokens.sql.slice(start, end)
  if (to === from + 2 && kind === TokenKind.operator && (source === '-' || source === '+')) {
    return tokens.kind(from + 1) === TokenKind.number ? source + tokens.source(from + 1, to) : undefined
  }
  if (to !== from + 1) return undefined
  switch (kind) {
    case TokenKind.number:
      return source
    case TokenKind.word:
      return plainWord.test(source) && !callingWords.has(tokens.word(from)) ? source : undefined
    case TokenKind.text:
      return source.startsWith("'") && plainText.test(source.slice(1, -1)) ? source : undefined
    case TokenKind.double:
      return plainText.test(source.slice(1, -1)) ? `'${source.slice(1, -1)}'` : undefined
    default:
      return undefined
  }
}
