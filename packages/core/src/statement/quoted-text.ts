/** Finds the ends of quoted texts. Remembers where the next quote and backslash are, so that it stays linear. */
export class QuotedText {
  /** Whether a backslash has kept a quote from ending its text. */
  escapedQuote = false
  private readonly sql: string
  private backslash = -1

  constructor(sql: string) {
    this.sql = sql
  }

  /** The position behind the text whose opening quote stands at `open`, or -1 when it is not closed. */
  endOf(open: number, escapes: boolean): number {
    const { sql } = this
    const quote = sql.charAt(open)
    let at = open + 1
    let close = sql.indexOf(quote, at)
    while (close !== -1) {
      if (escapes && this.backslashFrom(at) < close) {
        at = this.backslash + 2
        if (close < at) {
          this.escapedQuote = true
          close = sql.indexOf(quote, at)
        }
      } else if (sql.charAt(close + 1) === quote) {
        at = close + 2
        close = sql.indexOf(quote, at)
      } else return close + 1
    }
    return -1
  }

  private backslashFrom(at: number): number {
    if (this.backslash < at) {
      const found = this.sql.indexOf('\\', at)
      this.backslash = found === -1 ? Number.POSITIVE_INFINITY : found
    }
    return this.backslash
  }
}
