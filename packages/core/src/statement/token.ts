/** The kinds of token that the lexer tells apart. Comments and white space are no tokens. */
export const TokenKind = {
  end: 0,
  /** An unquoted identifier or keyword. */
  word: 1,
  /** An identifier in backticks. */
  quoted: 2,
  /** `"…"`: a string, or an identifier under ANSI_QUOTES. */
  double: 3,
  /** `'…'`, `N'…'`, `x'…'`, `b'…'`. */
  text: 4,
  number: 5,
  /** `@v`, and the `@host` of an account. */
  userVariable: 6,
  /** `@@v`; the rest of `@@session.v` follows as dot and word. */
  systemVariable: 7,
  parameter: 8,
  open: 9,
  close: 10,
  comma: 11,
  dot: 12,
  /** `:=` */
  assign: 13,
  /** `;` */
  delimiter: 14,
  operator: 15,
  /** Something that the server would refuse, or that can be read in more than one way. Nothing follows it. */
  broken: 16,
} as const

export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind]

/** One token of a statement. */
export interface Token {
  readonly kind: TokenKind
  /** A word or a quoted name in upper case (ASCII only), an operator as it is; `''` for literals. */
  readonly text: string
  readonly start: number
  readonly end: number
  /** White space or a comment stands before it. */
  readonly spaced: boolean
}
