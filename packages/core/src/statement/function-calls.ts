import { builtInFunctions, builtInWithoutGap, wordsBeforeParenthesis } from './built-in-functions.js'
import { lockFunctions, sessionFunctions, unlockFunctions } from './session-functions.js'
import type { StatementTokens } from './statement-tokens.js'
import { TokenKind } from './token.js'

const queryWords: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE'])

/** Modifiers between a verb and the name of the table. */
const insertModifiers: ReadonlySet<string> = new Set([
  'DELAYED',
  'HIGH_PRIORITY',
  'IGNORE',
  'INTO',
  'LOW_PRIORITY',
])

function isName(kind: TokenKind): boolean {
  return kind === TokenKind.word || kind === TokenKind.quoted || kind === TokenKind.double
}

/** The index of the parenthesis that begins the column list of an INSERT or REPLACE, or -1. */
function insertColumns(tokens: StatementTokens, verb: number): number {
  if (tokens.word(verb) !== 'INSERT' && tokens.word(verb) !== 'REPLACE') return -1
  let index = verb + 1
  while (insertModifiers.has(tokens.word(index))) index++
  index++
  while (tokens.kind(index) === TokenKind.dot) index += 2
  return tokens.kind(index) === TokenKind.open ? index : -1
}

/**
 * Whether the name before the parenthesis at `open` can not be a function's: it names columns or an alias, or it is
 * a keyword. Only places count in which no server accepts a function call.
 */
function namesNoFunction(tokens: StatementTokens, open: number): boolean {
  const name = tokens.at(open - 1)
  // fn(SELECT …) is no call: a subquery as an argument has parentheses of its own.
  if (queryWords.has(tokens.word(open + 1)) && tokens.word(open + 1) !== 'VALUES') return true
  const before = tokens.at(open - 2)
  switch (before.kind) {
    // Behind an operand: (…) t (a, b), 'path' COLUMNS (…), (…) AGAINST (…)
    case TokenKind.close:
    case TokenKind.text:
    case TokenKind.number:
    case TokenKind.parameter:
      return true
    case TokenKind.word:
      if (before.text === 'AS') return true
      if (before.text === 'MEMBER' && name.text === 'OF') return true
      break
    default:
  }
  // name (a, b) AS (…) in WITH
  const close = tokens.closing(open)
  return tokens.word(close + 1) === 'AS' && tokens.kind(close + 2) === TokenKind.open
}

function callsBuiltIn(tokens: StatementTokens, open: number): boolean {
  const name = tokens.at(open - 1)
  if (name.kind !== TokenKind.word || tokens.kind(open - 2) === TokenKind.dot) return false
  if (wordsBeforeParenthesis.has(name.text)) return true
  if (sessionFunctions.has(name.text) || lockFunctions.has(name.text) || unlockFunctions.has(name.text)) {
    return true
  }
  if (!builtInFunctions.has(name.text)) return false
  return !(builtInWithoutGap.has(name.text) && tokens.at(open).spaced)
}

/** Whether a call stands between `from` and `to` of a function that the servers do not bring along. */
export function callsUnknownFunction(tokens: StatementTokens, from: number, to: number): boolean {
  const columns = insertColumns(tokens, from)
  for (let open = from + 1; open < to; open++) {
    if (tokens.kind(open) !== TokenKind.open || open === columns) continue
    if (!isName(tokens.kind(open - 1))) continue
    if (!callsBuiltIn(tokens, open) && !namesNoFunction(tokens, open)) return true
  }
  return false
}
