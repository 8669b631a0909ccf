import type { DraftFacts } from './draft-facts.js'
import { callsUnknownFunction } from './function-calls.js'
import {
  globalVariables,
  lockFunctions,
  sessionFunctions,
  sessionTables,
  sessionWords,
} from './session-functions.js'
import type { StatementTokens } from './statement-tokens.js'
import { TokenKind } from './token.js'

function readsSystemVariable(tokens: StatementTokens, index: number): boolean {
  const name = tokens.at(index).text.replaceAll('`', '').slice(2)
  if (name === 'GLOBAL' && tokens.kind(index + 1) === TokenKind.dot) return false
  return !globalVariables.has(name)
}

/** What a name says of the session, wherever it stands and however it is quoted. */
function inspectName(tokens: StatementTokens, index: number, facts: DraftFacts): void {
  const { text } = tokens.at(index)
  const called = tokens.kind(index + 1) === TokenKind.open
  if (lockFunctions.has(text)) facts.leaves.add('user-lock')
  if (sessionTables.has(text)) facts.readsSession = true
  if (!called) return
  if (text === 'RELEASE_ALL_LOCKS') facts.clears.add('user-lock')
  if (lockFunctions.has(text)) facts.readsSession = true
  if (!sessionFunctions.has(text)) return
  // With an argument LAST_INSERT_ID() remembers it, and depends on nothing that was before.
  const setsInsertId = text === 'LAST_INSERT_ID' && tokens.kind(index + 2) !== TokenKind.close
  if (!setsInsertId || facts.kind === 'read') facts.readsSession = true
}

function inspectWord(tokens: StatementTokens, index: number, facts: DraftFacts): void {
  switch (tokens.word(index)) {
    case 'NEXT':
    case 'PREVIOUS':
      if (tokens.words(index + 1, 'VALUE', 'FOR')) facts.readsSession = true
      break
    case 'FOR':
      if (tokens.word(index + 1) === 'UPDATE' || tokens.word(index + 1) === 'SHARE') facts.locking = true
      break
    case 'LOCK':
      if (tokens.words(index + 1, 'IN', 'SHARE', 'MODE')) facts.locking = true
      break
    default:
      if (sessionWords.has(tokens.word(index)) && tokens.kind(index + 1) !== TokenKind.open) {
        facts.readsSession = true
      }
  }
}

/**
 * Adds to the facts what the tokens between `from` and `to` show: what they read of the session, what they leave in
 * it, locks, and calls of functions whose effects are out of sight.
 */
export function inspect(
  tokens: StatementTokens,
  facts: DraftFacts,
  from = 0,
  to: number = tokens.length,
): void {
  for (let index = from; index < to; index++) {
    switch (tokens.kind(index)) {
      case TokenKind.userVariable:
        facts.readsSession = true
        if (tokens.kind(index + 1) === TokenKind.assign) facts.leaves.add('user-variable')
        break
      case TokenKind.systemVariable:
        if (readsSystemVariable(tokens, index)) facts.readsSession = true
        break
      case TokenKind.word:
        inspectName(tokens, index, facts)
        inspectWord(tokens, index, facts)
        break
      case TokenKind.quoted:
      case TokenKind.double:
        inspectName(tokens, index, facts)
        break
      default:
    }
  }
  if (callsUnknownFunction(tokens, from, to)) facts.opaque = true
}

/** Adds `user-variable` when any user variable is named between `from` and `to`: one of them may be assigned. */
export function leavesAnyUserVariable(tokens: StatementTokens, facts: DraftFacts): void {
  for (let index = 0; index < tokens.length; index++) {
    if (tokens.kind(index) === TokenKind.userVariable) facts.leaves.add('user-variable')
  }
}
