import { CharacterClass, characterClass, isWordCharacter, opensLineComment } from './characters.js'
import { commentEnd, conditionalCommentAt, skippedCommentEnd } from './conditional-comment.js'
import { QuotedText } from './quoted-text.js'
import type { Reading } from './reading.js'
import { TokenKind } from './token.js'

const numberPattern = /0[xX][\da-fA-F]+|0b[01]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const hexOrBits = /[\da-fA-F]*'/y
const blockAnnotation = /\s*comeback:[ \t]*([a-z][a-z, \t-]*)/iy
const lineAnnotation = /[ \t]*comeback:[ \t]*([a-z][a-z, \t-]*)/iy

const punctuation: Readonly<Record<number, TokenKind>> = {
  40: TokenKind.open,
  41: TokenKind.close,
  44: TokenKind.comma,
  59: TokenKind.delimiter,
  63: TokenKind.parameter,
}

/**
 * Walks over the tokens of a MySQL or MariaDB text in one reading of its quotes and conditional comments. Linear in
 * the length of the text; never throws. A text that the server would refuse ends in a `broken` token.
 */
export class Lexer {
  readonly sql: string
  kind: TokenKind = TokenKind.end
  start = 0
  end = 0
  /** What conditional comments depend on, as far as the text has been read; see `conditionalCommentAt`. */
  readonly conditions: string[] = []
  /** The words behind `comeback:` in comments. */
  readonly annotations: string[] = []
  /** The text is broken where servers may differ; otherwise every server refuses what is broken. */
  unsure = false
  private readonly reading: Reading
  private readonly quotedText: QuotedText
  private inCode = false
  /** The next NUL, once it has been looked for. */
  private nul = -1

  constructor(sql: string, reading: Reading) {
    this.sql = sql
    this.reading = reading
    this.quotedText = new QuotedText(sql)
  }

  /** Whether a backslash has kept a quote from ending its string: other readings may end it there. */
  get escapedQuote(): boolean {
    return this.quotedText.escapedQuote
  }

  /** Steps to the next token and returns its kind. */
  next(): TokenKind {
    if (this.kind === TokenKind.broken) return TokenKind.broken
    const gap = this.skipGap(this.end)
    this.start = gap
    if (gap < 0) return this.finish(TokenKind.broken, this.sql.length)
    const code = this.sql.charCodeAt(gap)
    if (Number.isNaN(code)) return this.finish(this.inCode ? TokenKind.broken : TokenKind.end, gap)
    switch (characterClass(code)) {
      case CharacterClass.word:
        return this.word(gap, code)
      case CharacterClass.digit:
        return this.number(gap)
      case CharacterClass.forbidden:
        return this.finishUnsure(gap)
      default:
        return this.symbol(gap, code)
    }
  }

  private finish(kind: TokenKind, end: number): TokenKind {
    this.kind = kind
    this.end = end
    if (this.start < 0) this.start = end
    return kind
  }

  private finishUnsure(at: number): TokenKind {
    this.unsure = true
    return this.finish(TokenKind.broken, at)
  }

  /** The end of a quoted text, or a broken token when there is none. */
  private finishQuoted(kind: TokenKind, end: number): TokenKind {
    return end < 0 ? this.finish(TokenKind.broken, this.sql.length) : this.finish(kind, end)
  }

  private symbol(at: number, code: number): TokenKind {
    const { escapesInText, escapesInDouble } = this.reading
    const simple = punctuation[code]
    if (simple !== undefined) return this.finish(simple, at + 1)
    switch (code) {
      case 39: // '
        return this.finishQuoted(TokenKind.text, this.quotedText.endOf(at, escapesInText))
      case 34: // "
        return this.finishQuoted(TokenKind.double, this.quotedText.endOf(at, escapesInDouble))
      case 96: // `
        return this.finishQuoted(TokenKind.quoted, this.quotedText.endOf(at, false))
      case 64: // @
        return this.variable(at)
      case 46: // .
        return this.dot(at)
      case 58: // :
        return this.sql.charCodeAt(at + 1) === 61
          ? this.finish(TokenKind.assign, at + 2)
          : this.finish(TokenKind.operator, at + 1)
      default:
        return this.finish(TokenKind.operator, at + 1)
    }
  }

  private word(at: number, code: number): TokenKind {
    // MySQL 9 quotes with $tag$; what such a text means differs between servers.
    if (code === 36) return this.finishUnsure(at)
    if (this.sql.charCodeAt(at + 1) === 39) {
      if (code === 78 || code === 110) {
        return this.finishQuoted(TokenKind.text, this.quotedText.endOf(at + 1, this.reading.escapesInText))
      }
      if (code === 88 || code === 120 || code === 66 || code === 98) {
        hexOrBits.lastIndex = at + 2
        const closed = hexOrBits.test(this.sql)
        return this.finishQuoted(TokenKind.text, closed ? hexOrBits.lastIndex : -1)
      }
    }
    return this.finish(TokenKind.word, this.wordEnd(at + 1))
  }

  private wordEnd(from: number): number {
    let end = from
    while (isWordCharacter(this.sql.charCodeAt(end))) end++
    return end
  }

  private number(at: number): TokenKind {
    numberPattern.lastIndex = at
    numberPattern.test(this.sql)
    const end = numberPattern.lastIndex
    // `1st` is an identifier.
    const wordEnd = this.wordEnd(end)
    return this.finish(wordEnd > end ? TokenKind.word : TokenKind.number, wordEnd)
  }

  private dot(at: number): TokenKind {
    const before = this.sql.charCodeAt(at - 1)
    const qualifies = isWordCharacter(before) || before === 96 || before === 34
    if (!qualifies && characterClass(this.sql.charCodeAt(at + 1)) === CharacterClass.digit) {
      return this.number(at)
    }
    return this.finish(TokenKind.dot, at + 1)
  }

  private variable(at: number): TokenKind {
    const { escapesInText, escapesInDouble } = this.reading
    const system = this.sql.charCodeAt(at + 1) === 64
    const kind = system ? TokenKind.systemVariable : TokenKind.userVariable
    const nameStart = system ? at + 2 : at + 1
    const quote = this.sql.charCodeAt(nameStart)
    if (quote === 96) return this.finishQuoted(kind, this.quotedText.endOf(nameStart, false))
    if (!system && quote === 39) {
      return this.finishQuoted(kind, this.quotedText.endOf(nameStart, escapesInText))
    }
    if (!system && quote === 34) {
      return this.finishQuoted(kind, this.quotedText.endOf(nameStart, escapesInDouble))
    }
    let end = this.wordEnd(nameStart)
    while (!system && this.sql.charCodeAt(end) === 46) end = this.wordEnd(end + 1)
    return this.finish(kind, end)
  }

  /** Skips white space and comments; the position of the next token, or -1 when the gap itself is broken. */
  private skipGap(from: number): number {
    const { sql } = this
    let at = from
    for (;;) {
      const code = sql.charCodeAt(at)
      const next = sql.charCodeAt(at + 1)
      if (characterClass(code) === CharacterClass.space) at++
      else if (code === 35) at = this.lineComment(at + 1)
      else if (code === 45 && next === 45 && opensLineComment(sql.charCodeAt(at + 2))) {
        at = this.lineComment(at + 2)
      } else if (code === 47 && next === 42) {
        at = this.blockComment(at)
        if (at < 0) return -1
      } else if (this.inCode && code === 42 && next === 47) {
        this.inCode = false
        at += 2
      } else return at
    }
  }

  private lineComment(bodyStart: number): number {
    this.annotate(lineAnnotation, bodyStart)
    const end = this.sql.indexOf('\n', bodyStart)
    if (this.nul < bodyStart) {
      const found = this.sql.indexOf('\0', bodyStart)
      this.nul = found === -1 ? Number.POSITIVE_INFINITY : found
    }
    // A NUL ends a line comment on the server; what follows is refused there.
    return Math.min(this.nul, end === -1 ? this.sql.length : end)
  }

  private blockComment(at: number): number {
    const conditional = conditionalCommentAt(this.sql, at)
    if (conditional === undefined) {
      this.annotate(blockAnnotation, at + 2)
      return this.known(commentEnd(this.sql, at))
    }
    if (this.inCode || conditional.condition === 'unsure') return this.known('unsure')
    if (conditional.condition !== 'always') {
      this.conditions.push(conditional.condition)
      if (this.reading.conditional === 'comment') {
        return this.known(skippedCommentEnd(this.sql, conditional.bodyStart))
      }
    }
    this.inCode = true
    return conditional.bodyStart
  }

  /** A position, or -1 for none, which is remembered when servers may find one. */
  private known(end: number | 'unsure'): number {
    if (end !== 'unsure') return end
    this.unsure = true
    return -1
  }

  private annotate(pattern: RegExp, bodyStart: number): void {
    pattern.lastIndex = bodyStart
    const words = pattern.exec(this.sql)?.[1]
    if (words !== undefined) this.annotations.push(words)
  }
}
