import { harmlessStart, holdsHazard, namesLock } from './hazards.js'
import type { Lexer } from './lexer.js'
import { isPlain } from './plain-text.js'
import type { QuotingModes } from './reading.js'
import { lockFunctions } from './session-functions.js'
import { liveSurveys } from './survey.js'
import { TokenKind } from './token.js'

function isHazard(lexer: Lexer): boolean {
  switch (lexer.kind) {
    case TokenKind.userVariable:
      return true
    case TokenKind.word:
      return isLock(lexer.sql.slice(lexer.start, lexer.end))
    case TokenKind.quoted:
    case TokenKind.double:
      return isLock(lexer.sql.slice(lexer.start + 1, lexer.end - 1))
    default:
      return false
  }
}

function isLock(name: string): boolean {
  if (name.length < 8) return false
  const upper = name.toUpperCase()
  return upper === 'RELEASE_ALL_LOCKS' || lockFunctions.has(upper)
}

const unknownModes: QuotingModes = {}

/**
 * Whether a statement certainly leaves nothing in the session and is no transaction control, no definition and no
 * change of the session: then nothing needs to be remembered of it. The cheap question that is asked of every
 * statement; `false` says only that `statementFacts` has to be asked. Never throws; linear in the length of the text.
 */
export function leavesNothing(sql: string, modes: QuotingModes = unknownModes): boolean {
  const start = harmlessStart(sql)
  if (start < 0) return false
  if (!holdsHazard(sql) || (!namesLock(sql) && isPlain(sql, start, modes))) return true
  const surveys = liveSurveys(sql, modes, isHazard)
  if (surveys === 'unknown' || surveys.length === 0) return false
  return surveys.every(one => one.conditions.length === 0 && !one.multiple && !one.flagged)
}
