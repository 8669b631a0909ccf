import { Lexer } from './lexer.js'
import { MisplacedWord } from './misplaced-word.js'
import type { QuotingModes, Reading } from './reading.js'
import { TokenKind } from './token.js'

/** What one pass over a text in one reading has found. */
export interface Survey {
  readonly reading: Reading
  /**
   * `live`: the server can run it. `dead`: in this reading the server refuses the text before it runs anything of it.
   * `unsure`: a first statement may run before the rest is refused, or servers read the text differently.
   */
  readonly state: 'live' | 'dead' | 'unsure'
  readonly escapedQuote: boolean
  readonly conditions: readonly string[]
  /** Whether something stands behind a delimiter. */
  readonly multiple: boolean
  /** Whether `flag` was true of any token. */
  readonly flagged: boolean
}

/** Reads a text once, in one reading. Keeps nothing of the text. */
export function survey(sql: string, reading: Reading, flag?: (lexer: Lexer) => boolean): Survey {
  const lexer = new Lexer(sql, reading)
  let depth = 0
  let refused = false
  let delimited = false
  let multiple = false
  let flagged = false
  const words = new MisplacedWord()
  for (let kind = lexer.next(); kind !== TokenKind.end; kind = lexer.next()) {
    if (kind === TokenKind.broken) {
      refused = true
      break
    }
    if (delimited) multiple = true
    else words.see(lexer)
    if (kind === TokenKind.open) depth++
    else if (kind === TokenKind.close) {
      if (--depth < 0) refused = true
    } else if (kind === TokenKind.delimiter) {
      if (depth !== 0 || words.found) refused = true
      if (!refused) delimited = true
    }
    if (flag !== undefined && !flagged) flagged = flag(lexer)
  }
  if (depth !== 0 || words.found) refused = true
  const state = refused ? (delimited || lexer.unsure ? 'unsure' : 'dead') : 'live'
  return { reading, state, escapedQuote: lexer.escapedQuote, conditions: lexer.conditions, multiple, flagged }
}

function alternatives(modes: QuotingModes): Reading[] {
  const conditional = 'code'
  const readings: Reading[] = []
  if (modes.noBackslashEscapes !== true) {
    if (modes.ansiQuotes !== true) readings.push({ escapesInText: true, escapesInDouble: true, conditional })
    if (modes.ansiQuotes !== false)
      readings.push({ escapesInText: true, escapesInDouble: false, conditional })
  }
  if (modes.noBackslashEscapes !== false) {
    readings.push({ escapesInText: false, escapesInDouble: false, conditional })
  }
  return readings
}

/**
 * Surveys of every reading in which a server could run the text: none when every server refuses it, `'unknown'` when
 * the readings can not all be told. Readings that would come out alike are surveyed once.
 */
export function liveSurveys(
  sql: string,
  modes: QuotingModes,
  flag?: (lexer: Lexer) => boolean,
): readonly Survey[] | 'unknown' {
  const surveys: Survey[] = []
  for (const reading of alternatives(modes)) {
    const code = survey(sql, reading, flag)
    const first = surveys.length === 0
    surveys.push(code)
    if (code.conditions.length > 0) {
      const skipped = survey(sql, { ...reading, conditional: 'comment' }, flag)
      surveys.push(skipped)
      // Two conditions can hold independently of each other, and behind either the text can go on differently.
      const conditions = new Set([...code.conditions, ...skipped.conditions])
      if (conditions.size > 1 || skipped.escapedQuote !== code.escapedQuote) return 'unknown'
    }
    // Without an escaped quote every reading finds the same tokens.
    if (first && !code.escapedQuote) break
  }
  if (surveys.some(one => one.state === 'unsure')) return 'unknown'
  return surveys.filter(one => one.state === 'live')
}
