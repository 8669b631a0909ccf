/**
 * Words and semicolons of an SQL text, in capitals, without what stands in quotes and comments. Executable comments
 * count as text.
 */
function words(sql: string): string[] {
  const pattern =
    /\/\*M?!\d*|\*\/|\/\*[\s\S]*?(?:\*\/|$)|(?:--(?=\s|$)|#)[^\n]*|'(?:[^'\\]|\\[\s\S]|'')*'?|"(?:[^"\\]|\\[\s\S]|"")*"?|`[^`]*`?|[A-Za-z_][\w$]*|;|\S/g
  const found: string[] = []
  for (const [token] of sql.matchAll(pattern)) {
    if (/^(?:[A-Za-z_]|;)/.test(token)) found.push(token.toUpperCase())
    else if (/^['"`]|^[^-#/*]/.test(token)) found.push('')
  }
  return found
}

/** Whether the text is a COMMIT (or XA COMMIT). */
export function isCommit(sql: string): boolean {
  const [first, second] = words(sql)
  return first === 'COMMIT' || (first === 'XA' && second === 'COMMIT')
}

/** Whether one of the statements in the text is a COMMIT: several statements, or a compound one. */
export function containsCommit(sql: string): boolean {
  const found = words(sql)
  const opens: readonly (string | undefined)[] = [
    undefined,
    ';',
    'ATOMIC',
    'BEGIN',
    'THEN',
    'ELSE',
    'DO',
    'LOOP',
    'REPEAT',
  ]
  return found.some((word, index) => {
    if (word !== 'COMMIT') return false
    const before = found[index - 1]
    return opens.includes(before) || (before === 'XA' && opens.includes(found[index - 2]))
  })
}
