// Sticky, and tried where the first character stands that is no white space.
const harmlessVerb =
  /(?:(?:insert|update|delete|replace|show|desc|describe|explain)|[( \t\n\v\f\r]*(?:select|with|values|table))(?![\w$\x80-\uffff])/iy

const lockName = /(?:get|_(?:read|write|lock))_(?:lock|exclusive|shared)|release_all_locks/i

/** What may be a variable, another statement, code in a comment, or a lock. A delimiter at the very end is harmless. */
const hazard =
  /@|;(?![ \t\n\v\f\r]*$)|\/\*[!Mm]|(?:get|_(?:read|write|lock))_(?:lock|exclusive|shared)|release_all_locks/i

const notSpace = /[^ \t\n\v\f\r]/

/** From this length on a few searches for single characters are faster than one for the pattern. */
const longText = 1_024

/** Where the statement begins: behind the comments at its front, or -1 when they hold code or have no end. */
function statementStart(sql: string): number {
  let at = 0
  for (;;) {
    const code = sql.charCodeAt(at)
    if (code === 32 || (code >= 9 && code <= 13)) at++
    else if (code === 47 && sql.charCodeAt(at + 1) === 42) {
      const first = sql.charCodeAt(at + 2)
      if (first === 33 || first === 77 || first === 109 || first === 43) return -1
      const end = sql.indexOf('*/', at + 2)
      if (end === -1) return -1
      at = end + 2
    } else return at
  }
}

/**
 * Where a statement begins whose verb by itself leaves nothing in the session and is no transaction control; -1 when
 * the text begins otherwise.
 */
export function harmlessStart(sql: string): number {
  const start = statementStart(sql)
  if (start < 0) return -1
  harmlessVerb.lastIndex = start
  return harmlessVerb.test(sql) ? start : -1
}

/** Whether the raw text, strings and comments included, holds the name of a function that takes or releases locks. */
export function namesLock(sql: string): boolean {
  if (sql.length > longText && !sql.includes('_l') && !sql.includes('_L')) return false
  return lockName.test(sql)
}

/** Whether the raw text, strings and comments included, holds something that could leave something in the session. */
export function holdsHazard(sql: string): boolean {
  if (sql.length <= longText) return hazard.test(sql)
  if (sql.includes('@') || sql.includes('/*')) return true
  const delimiter = sql.indexOf(';')
  return (delimiter !== -1 && notSpace.test(sql.slice(delimiter + 1))) || namesLock(sql)
}
