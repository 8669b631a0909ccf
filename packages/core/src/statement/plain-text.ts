import { isWordCharacter, opensLineComment } from './characters.js'
import { QuotedText } from './quoted-text.js'
import type { QuotingModes } from './reading.js'

/** ASCII characters at which the scan has to look closer. */
const special = new Uint8Array(128)
special[0] = 1
for (const character of '\'"`@;#-/$') special[character.charCodeAt(0)] = 1

const notSpace = /[^ \t\n\v\f\r]/

/** The position behind a line comment; -1 when a NUL in it makes it end earlier. */
function lineCommentEnd(sql: string, start: number): number {
  const newline = sql.indexOf('\n', start)
  const end = newline === -1 ? sql.length : newline
  return sql.slice(start, end).includes('\0') ? -1 : end
}

/** The position behind the comment or sign at `at`; -1 for a comment that has to be looked at. */
function behindSign(sql: string, at: number, code: number): number {
  const next = sql.charCodeAt(at + 1)
  if (code === 35) return lineCommentEnd(sql, at + 1)
  if (code === 45)
    return next === 45 && opensLineComment(sql.charCodeAt(at + 2)) ? lineCommentEnd(sql, at) : at + 1
  if (next !== 42) return at + 1
  const first = sql.charCodeAt(at + 2)
  if (first === 33 || first === 43 || first === 77 || first === 109) return -1
  const end = sql.indexOf('*/', at + 2)
  return end === -1 ? -1 : end + 2
}

/** Whether the string at `at` has a prefix by which its content has a form of its own. */
function hasPrefix(sql: string, at: number): boolean {
  const before = sql.charCodeAt(at - 1) | 32
  return before === 120 || before === 98
}

/** Whether only white space stands behind this position. */
function isEnd(sql: string, at: number): boolean {
  return !notSpace.test(sql.slice(at))
}

/**
 * Whether every `@` and `;` of a text stands within its strings, quoted names and plain comments, and nothing in it
 * leaves room for another reading. Made for values that were written into the text: it jumps from quote to quote.
 */
export function isPlain(sql: string, start: number, modes: QuotingModes): boolean {
  const quoted = new QuotedText(sql)
  const escapes = modes.noBackslashEscapes !== true
  let at = start
  while (at < sql.length) {
    const code = sql.charCodeAt(at)
    if (code < 128 ? special[code] === 0 : code > 160) {
      at++
      continue
    }
    switch (code) {
      case 39: // '
        at = hasPrefix(sql, at) ? -1 : quoted.endOf(at, escapes)
        if (quoted.escapedQuote && modes.noBackslashEscapes !== false) return false
        break
      case 34: {
        // Whether a backslash counts here depends on ANSI_QUOTES too.
        const end = quoted.endOf(at, false)
        at = sql.slice(at, Math.max(end, at)).includes('\\') ? -1 : end
        break
      }
      case 96: // `
        at = quoted.endOf(at, false)
        break
      case 35: // #
      case 45: // -
      case 47: // /
        at = behindSign(sql, at, code)
        break
      case 36: // $
        at = isWordCharacter(sql.charCodeAt(at - 1)) ? at + 1 : -1
        break
      case 59: // ;
        return isEnd(sql, at + 1)
      default:
        return false
    }
    if (at < 0) return false
  }
  return true
}
