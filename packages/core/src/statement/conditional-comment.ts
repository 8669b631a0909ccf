// From this version on MariaDB skips what MySQL runs.
const firstContestedVersion = 50_700

const head = /\/\*(M?)!(\d*)/y

/** The beginning of a comment whose content is code, at least on some servers. */
export interface ConditionalComment {
  /** Where its content begins. */
  readonly bodyStart: number
  /** `'always'` when every server runs it, `'unsure'` when no rule is known, else what the choice depends on. */
  readonly condition: string
}

/** Reads `/*!`, `/*!50000` or `/*M!100100` at this position; undefined when an ordinary comment begins there. */
export function conditionalCommentAt(sql: string, start: number): ConditionalComment | undefined {
  head.lastIndex = start
  const match = head.exec(sql)
  if (match === null) return undefined
  const bodyStart = start + match[0].length
  const digits = match[2] ?? ''
  if (digits !== '' && digits.length !== 5 && digits.length !== 6) return { bodyStart, condition: 'unsure' }
  if (match[1] === 'M') return { bodyStart, condition: `M${digits}` }
  if (digits === '' || (digits.length === 5 && Number(digits) < firstContestedVersion)) {
    return { bodyStart, condition: 'always' }
  }
  return { bodyStart, condition: digits }
}

/**
 * Where a comment that begins at `start` ends, or -1 when it is not closed. An optimizer hint may hold quotes, and the server then looks
 * for the end behind them: with quotes that are not closed its end is `'unsure'`.
 */
export function commentEnd(sql: string, start: number): number | 'unsure' {
  const close = sql.indexOf('*/', start + 2)
  if (close === -1) return -1
  if (sql.charCodeAt(start + 2) !== 43) return close + 2
  let quote = 0
  for (let at = start + 3; at < close; at++) {
    const code = sql.charCodeAt(at)
    if (quote !== 0) {
      if (code === quote) quote = 0
    } else if (code === 34 || code === 39 || code === 96) quote = code
  }
  return quote === 0 ? close + 2 : 'unsure'
}

/** Where a skipped conditional comment ends, or -1. On comments inside it servers disagree. */
export function skippedCommentEnd(sql: string, bodyStart: number): number | 'unsure' {
  const close = sql.indexOf('*/', bodyStart)
  if (close === -1) return -1
  const nested = sql.indexOf('/*', bodyStart)
  return nested !== -1 && nested < close ? 'unsure' : close + 2
}
