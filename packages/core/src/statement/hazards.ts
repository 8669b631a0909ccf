// Sticky, and tried where the first character stands that is no white space.
const harmlessVerb =
  /(?:(?:insert|update|delete|replace|show|desc|describe|explain)|[( \t\n\v\f\r]*(?:select|with|values|table))(?![\w$\x80-\uffff])/iy

/** A delimiter at the very end, which some libraries write, begins no other statement. */
const hazard =
  /@|;(?![ \t\n\v\f\r]*$)|\/\*[!Mm]|(?:get|_(?:read|write|lock))_(?:lock|exclusive|shared)|release_all_locks/i

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

/** Whether the text begins with the verb of a statement that by itself leaves nothing in the session. */
export function beginsHarmlessly(sql: string): boolean {
  const start = statementStart(sql)
  if (start < 0) return false
  harmlessVerb.lastIndex = start
  return harmlessVerb.test(sql)
}

/** Whether the raw text, strings and comments included, holds nothing that could leave something in the session. */
export function holdsNoHazard(sql: string): boolean {
  return beginsHarmlessly(sql) && !hazard.test(sql)
}
