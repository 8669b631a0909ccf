import type { DriverCommand } from '../driver/driver-types.js'

/** Requests below this are not measured: no server's `max_allowed_packet` is smaller than 1 MB by default. */
const WORTH_MEASURING = 250_000

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  return ArrayBuffer.isView(value) ? value.byteLength : 8
}

function bytesOf(value: unknown): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : lengthOf(value)
}

/**
 * Bytes of the request that a command will send, or undefined when it is small. Lengths in characters come first: they
 * cost nothing, and this runs for every statement.
 */
export function requestBytes(command: DriverCommand): number | undefined {
  const { parameters } = command
  const sql = command.sql ?? command.query
  if (!Array.isArray(parameters)) {
    return sql === undefined || sql.length < WORTH_MEASURING ? undefined : bytesOf(sql) + 1
  }
  let length = 0
  for (const value of parameters) length += lengthOf(value)
  if (length < WORTH_MEASURING) return undefined
  return parameters.reduce((sum: number, value) => sum + bytesOf(value), 0)
}

/** Rows of a multi-row INSERT, counted by mysql2's way of writing them; undefined when it does not look like one. */
export function rowsOf(command: DriverCommand): number | undefined {
  const { sql } = command
  if (sql === undefined || !/^\s*(?:insert|replace)\b/i.test(sql)) return undefined
  let rows = 0
  for (let at = sql.indexOf('), ('); at >= 0; at = sql.indexOf('), (', at + 1)) rows += 1
  return rows === 0 ? undefined : rows + 1
}
