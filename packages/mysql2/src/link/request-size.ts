import type { DriverCommand } from '../driver/driver-types.js'

/** Texts and values up to this many bytes can not be too large for any server: `max_allowed_packet` is 1 MB and more. */
const SURELY_FITS = 250_000

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (ArrayBuffer.isView(value)) return value.byteLength
  return 8
}

/**
 * Bytes of the request that a command will send, or undefined when it is small. The cheap test comes first, since this
 * runs for every statement.
 */
export function requestBytes(command: DriverCommand): number | undefined {
  const { sql, parameters } = command
  let bytes = 0
  if (sql !== undefined && parameters === undefined) {
    if (sql.length < SURELY_FITS) return undefined
    bytes = Buffer.byteLength(sql) + 1
  } else if (Array.isArray(parameters)) {
    for (const value of parameters) bytes += sizeOf(value)
  }
  return bytes < SURELY_FITS ? undefined : bytes
}

/** Rows of a multi-row INSERT, counted by mysql2's way of writing them; undefined when it does not look like one. */
export function rowsOf(command: DriverCommand): number | undefined {
  const { sql } = command
  if (sql === undefined || !/^\s*(?:insert|replace)\b/i.test(sql)) return undefined
  let rows = 0
  for (let at = sql.indexOf('), ('); at >= 0; at = sql.indexOf('), (', at + 1)) rows += 1
  return rows === 0 ? undefined : rows + 1
}
