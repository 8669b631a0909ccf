import type { FieldPacket } from 'mysql2'
import { columnTypes, type PrismaColumnType } from './orm-types.js'

const BINARY_COLLATION = 63
const UNSIGNED = 32
const SET = 2048

/** By the number that the protocol has for the type of a column. */
const byProtocolType: Readonly<Record<number, PrismaColumnType>> = {
  0: columnTypes.numeric, // DECIMAL
  1: columnTypes.int32, // TINY
  2: columnTypes.int32, // SHORT
  4: columnTypes.float,
  5: columnTypes.double,
  6: columnTypes.int32, // NULL
  7: columnTypes.dateTime, // TIMESTAMP
  8: columnTypes.int64, // LONGLONG
  9: columnTypes.int32, // INT24
  10: columnTypes.date,
  11: columnTypes.time,
  12: columnTypes.dateTime,
  13: columnTypes.int32, // YEAR
  14: columnTypes.date, // NEWDATE
  16: columnTypes.bytes, // BIT
  17: columnTypes.dateTime, // TIMESTAMP2
  18: columnTypes.dateTime, // DATETIME2
  245: columnTypes.json,
  246: columnTypes.numeric, // NEWDECIMAL
  247: columnTypes.enum,
  255: columnTypes.bytes, // GEOMETRY
}

const LONG = 3
const TIME = 11
const TEXTS: ReadonlySet<number | undefined> = new Set([15, 249, 250, 251, 252, 253, 254])

/** The protocol's numbers for types whose values are a date with a time. */
const DATE_TIMES: ReadonlySet<number | undefined> = new Set([7, 12, 17, 18])

function has(flag: number, { flags }: FieldPacket): boolean {
  return typeof flags === 'number' && (flags & flag) !== 0
}

function textTypeOf({ characterSet, extendedFormat }: FieldPacket): PrismaColumnType {
  // MariaDB sends JSON as text.
  if (extendedFormat === 'json') return columnTypes.json
  return characterSet === BINARY_COLLATION ? columnTypes.bytes : columnTypes.text
}

/**
 * Prisma's type for a column, the same that Prisma's own adapter for MariaDB gives it.
 *
 * @throws Error for a type that Prisma does not have.
 */
export function columnTypeOf(field: FieldPacket): PrismaColumnType {
  const { columnType = -1 } = field
  if (columnType === LONG) return has(UNSIGNED, field) ? columnTypes.int64 : columnTypes.int32
  if (TEXTS.has(columnType)) return textTypeOf(field)
  const type = byProtocolType[columnType]
  if (type === undefined) throw new Error(`Unsupported column type: ${columnType}`)
  return type
}

/** Whether the values of a column are a date with a time. */
export function isDateTime({ columnType }: FieldPacket): boolean {
  return DATE_TIMES.has(columnType)
}

/** Whether the values of a column are some of a list of words. */
export function isSet(field: FieldPacket): boolean {
  return has(SET, field)
}

/** Whether the values of a column are times of a day. */
export function isTime({ columnType }: FieldPacket): boolean {
  return columnType === TIME
}
