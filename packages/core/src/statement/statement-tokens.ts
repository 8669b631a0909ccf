import { Lexer } from './lexer.js'
import type { Reading } from './reading.js'
import { type Token, TokenKind } from './token.js'

const nothing: Token = { kind: TokenKind.end, text: '', start: 0, end: 0, spaced: false }

const notAscii = /[^\0-\x7f]/

/** Keywords and function names are ASCII; other letters must not be folded into them (`ſ` becomes `S`). */
function upper(text: string): string {
  return notAscii.test(text) ? text : text.toUpperCase()
}

function tokenText(sql: string, kind: TokenKind, start: number, end: number): string {
  switch (kind) {
    case TokenKind.word:
    case TokenKind.systemVariable:
      return upper(sql.slice(start, end))
    case TokenKind.quoted:
    case TokenKind.double:
      return upper(sql.slice(start + 1, end - 1))
    case TokenKind.operator:
      return sql.slice(start, end)
    default:
      return ''
  }
}

/** The tokens of one text, as data to look at from any side. */
export class StatementTokens {
  readonly sql: string
  private readonly tokens: readonly Token[]
  private partners: Int32Array | undefined

  constructor(sql: string, tokens: readonly Token[]) {
    this.sql = sql
    this.tokens = tokens
  }

  get length(): number {
    return this.tokens.length
  }

  /** The token at this index; an `end` token outside. */
  at(index: number): Token {
    return this.tokens[index] ?? nothing
  }

  kind(index: number): TokenKind {
    return this.at(index).kind
  }

  /** The text of an unquoted word in upper case, else `''`. */
  word(index: number): string {
    const token = this.at(index)
    return token.kind === TokenKind.word ? token.text : ''
  }

  /** Whether these words stand from `index` on. */
  words(index: number, ...words: readonly string[]): boolean {
    return words.every((word, offset) => this.word(index + offset) === word)
  }

  /** The index of the parenthesis that closes the one at `index`; the last index when there is none. */
  closing(index: number): number {
    this.partners ??= closingPartners(this.tokens)
    return this.partners[index] ?? this.length - 1
  }

  /** The index of the first such word from `from` on that stands in no parentheses, or -1. */
  indexOfWord(word: string, from: number): number {
    for (let index = from; index < this.length; index++) {
      if (this.kind(index) === TokenKind.open) index = this.closing(index)
      else if (this.word(index) === word) return index
    }
    return -1
  }

  /** Whether this unquoted word stands anywhere. */
  has(word: string): boolean {
    return this.tokens.some(token => token.kind === TokenKind.word && token.text === word)
  }

  /** The text as it was written from the token at `from` to the one before `to`. */
  source(from: number, to: number): string {
    return from < to ? this.sql.slice(this.at(from).start, this.at(to - 1).end) : ''
  }

  slice(from: number, to: number): StatementTokens {
    return new StatementTokens(this.sql, this.tokens.slice(from, to))
  }

  /** The statements between delimiters; empty ones behind the last delimiter are left out. */
  split(): readonly StatementTokens[] {
    const statements: StatementTokens[] = []
    let from = 0
    for (let index = 0; index <= this.length; index++) {
      if (index < this.length && this.kind(index) !== TokenKind.delimiter) continue
      if (index < this.length || from < index) statements.push(this.slice(from, index))
      from = index + 1
    }
    while (statements.length > 1 && statements.at(-1)?.length === 0) statements.pop()
    return statements
  }
}

/** For each opening parenthesis the index of the one that closes it, or of the last token. */
function closingPartners(tokens: readonly Token[]): Int32Array {
  const partners = new Int32Array(tokens.length).fill(tokens.length - 1)
  const open: number[] = []
  tokens.forEach(({ kind }, index) => {
    if (kind === TokenKind.open) open.push(index)
    else if (kind === TokenKind.close) {
      const from = open.pop()
      if (from !== undefined) partners[from] = index
    }
  })
  return partners
}

/** A text's tokens in one reading, with the words behind `comeback:` in its comments. */
export interface Tokenized {
  readonly tokens: StatementTokens
  readonly annotations: readonly string[]
}

/** All tokens of a text up to its end, or up to where it is broken. */
export function tokenize(sql: string, reading: Reading): Tokenized {
  const lexer = new Lexer(sql, reading)
  const tokens: Token[] = []
  let previousEnd = 0
  for (let kind = lexer.next(); kind !== TokenKind.end && kind !== TokenKind.broken; kind = lexer.next()) {
    const { start, end } = lexer
    tokens.push({ kind, text: tokenText(sql, kind, start, end), start, end, spaced: start > previousEnd })
    previousEnd = end
  }
  return { tokens: new StatementTokens(sql, tokens), annotations: lexer.annotations }
}
