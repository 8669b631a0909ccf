import type { Lexer } from './lexer.js'
import { TokenKind } from './token.js'

const writes: ReadonlySet<string> = new Set(['INSERT', 'REPLACE', 'UPDATE', 'DELETE'])

/** In lists of results a string can have any word for an alias. */
const beginsResults: ReadonlySet<string> = new Set(['SELECT', 'RETURNING', 'WITH'])

/** Words that can stand behind a string within a write. */
const followers: ReadonlySet<string> = new Set(
  `AND AS ASC BETWEEN BINARY COLLATE COLUMNS CROSS DAY DAY_HOUR DAY_MICROSECOND DAY_MINUTE DAY_SECOND DEFAULT DESC DIV
  ELSE END ERROR ESCAPE FOR FORMAT FROM FULL GROUP HAVING HOUR HOUR_MICROSECOND HOUR_MINUTE HOUR_SECOND IN INNER INTO
  IS JOIN LEFT LIKE LIMIT MEMBER MICROSECOND MINUTE MINUTE_MICROSECOND MINUTE_SECOND MOD MONTH NATURAL NESTED NOT NULL
  OFFSET ON OR ORDER OVER PARTITION PATH PROCEDURE QUARTER REGEXP RETURN RIGHT RLIKE SECOND SECOND_MICROSECOND
  SEPARATOR SET SOUNDS SQL_TSI_DAY SQL_TSI_HOUR SQL_TSI_MINUTE SQL_TSI_MONTH SQL_TSI_QUARTER SQL_TSI_SECOND
  SQL_TSI_WEEK SQL_TSI_YEAR STRAIGHT_JOIN THEN TO UNION USING VALUES WEEK WHEN WHERE WINDOW WITH XOR YEAR
  YEAR_MONTH`.split(/\s+/),
)

/**
 * Notices that a reading is not what its author meant: in `SET a = 'it\'s; …'` without backslash escapes the string ends
 * before the `s`, which no server accepts there. So an apostrophe in a value does not make a text unknown.
 */
export class MisplacedWord {
  private verb: string | undefined
  private misplaced = false
  private results = false
  /** Where the last token ended, if it was a string. */
  private textEnd = -1

  /** Whether the statement that was seen is refused by every server. */
  get found(): boolean {
    return this.misplaced && !this.results
  }

  see(lexer: Lexer): void {
    if (lexer.kind === TokenKind.word) {
      const word = lexer.sql.slice(lexer.start, lexer.end).toUpperCase()
      this.verb ??= word
      if (beginsResults.has(word)) this.results = true
      if (lexer.start === this.textEnd && writes.has(this.verb) && !followers.has(word)) this.misplaced = true
    } else this.verb ??= ''
    this.textEnd = lexer.kind === TokenKind.text ? lexer.end : -1
  }
}
