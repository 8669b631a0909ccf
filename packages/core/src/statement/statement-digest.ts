import { createHash } from 'node:crypto'

/** Literals, and what differs between two writings of one statement. */
const literals = /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|\b\d[\w.]*/g

/**
 * A short fingerprint of a statement without its literals, so that the same statement with other values is known again. It
 * can not be turned back into the statement.
 */
export const statementDigest = (sql: string): string => {
  const shape = sql
    .replace(literals, '?')
    .replace(/\s+/g, ' ')
    .replace(/\?(?: ?, ?\?)+/g, '?')
    .trim()
  return createHash('sha1').update(shape).digest('base64url')
}
