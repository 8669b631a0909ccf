/**
 * What a session's `sql_mode` says of quotes. A mode that is left out is unknown, and the analysis is then as
 * cautious as the worst reading demands.
 */
export interface QuotingModes {
  /** NO_BACKSLASH_ESCAPES: a backslash is an ordinary character in strings. */
  readonly noBackslashEscapes?: boolean
  /** ANSI_QUOTES: `"…"` is an identifier, in which a backslash is an ordinary character. */
  readonly ansiQuotes?: boolean
}

/** One way to read a text. */
export interface Reading {
  /** A backslash escapes in `'…'`. */
  readonly escapesInText: boolean
  /** A backslash escapes in `"…"`. */
  readonly escapesInDouble: boolean
  /** How comments are read that are code on some servers only, of a version or a flavour. */
  readonly conditional: 'code' | 'comment'
}
