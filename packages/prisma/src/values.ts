import { TypedParameter } from '@comeback/mysql2'
import type { FieldPacket } from 'mysql2'
import { isDateTime, isSet, isTime } from './column-type.js'
import type { PrismaArgType } from './orm-types.js'

const MAX_INT = 2_147_483_647

const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0')

function dateOf(date: Date): string {
  return `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`
}

function timeOf(date: Date): string {
  const ms = date.getUTCMilliseconds()
  const time = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`
  return ms === 0 ? time : `${time}.${pad(ms, 3)}`
}

function textOf(date: Date, dbType: string | undefined): string {
  switch (dbType) {
    case 'TIME':
    case 'TIME2':
      return timeOf(date)
    case 'DATE':
    case 'NEWDATE':
      return dateOf(date)
    default:
      return `${dateOf(date)} ${timeOf(date)}`
  }
}

function fromText(text: string, { scalarType, dbType }: PrismaArgType): unknown {
  switch (scalarType) {
    case 'bigint':
      return BigInt(text)
    case 'datetime':
      return textOf(new Date(text), dbType)
    case 'bytes':
      return Buffer.from(text, 'base64')
    default:
      return text
  }
}

/** A number of Prisma's for the driver, which takes every number for a float unless told otherwise; LIMIT accepts none. */
function typed(value: number | bigint): unknown {
  if (typeof value === 'bigint') {
    return value > 0x7fff_ffff_ffff_ffffn
      ? TypedParameter.LONGLONG.unsigned(value)
      : TypedParameter.LONGLONG(value)
  }
  if (!Number.isSafeInteger(value)) return value
  return Math.abs(value) <= MAX_INT ? TypedParameter.LONG(value) : TypedParameter.LONGLONG(value)
}

/**
 * An argument of a statement as the driver takes it.
 *
 * @param isPrepared - whether it is sent apart from the statement's text, with a type of its own
 */
export function toArgument(value: unknown, type: PrismaArgType | undefined, isPrepared: boolean): unknown {
  if (value === null) return null
  const given = typeof value === 'string' && type !== undefined ? fromText(value, type) : value
  if (typeof given === 'number' || typeof given === 'bigint') return isPrepared ? typed(given) : given
  if (given instanceof Date) return textOf(given, type?.dbType)
  if (ArrayBuffer.isView(given)) return Buffer.from(given.buffer, given.byteOffset, given.byteLength)
  return given
}

/**
 * Rows as Prisma takes them. The driver gives most values as they must be.
 *
 * @param isPrepared - whether the statement was sent as a prepared one
 */
export function toRows(rows: unknown[][], fields: readonly FieldPacket[], isPrepared: boolean): unknown[][] {
  const conversions = fields.flatMap((field, place) => {
    const convert = conversionOf(field, isPrepared)
    return convert === undefined ? [] : [{ place, convert }]
  })
  if (conversions.length === 0) return rows
  for (const row of rows) {
    for (const { place, convert } of conversions) {
      const value = row[place]
      if (typeof value === 'string') row[place] = convert(value)
    }
  }
  return rows
}

function conversionOf(field: FieldPacket, isPrepared: boolean): ((text: string) => unknown) | undefined {
  if (isDateTime(field)) return toZulu
  if (isPrepared && isTime(field)) return withMicroseconds
  return isSet(field) ? toWords : undefined
}

function toZulu(text: string): string {
  return new Date(`${text}Z`).toISOString().replace(/(\.000)?Z$/, '+00:00')
}

function toWords(text: string): string[] {
  return text === '' ? [] : text.split(',')
}

/** Where a statement was prepared, mysql2 leaves out noughts at the end and the mariadb connector writes them all. */
function withMicroseconds(text: string): string {
  const [time, fraction] = text.split('.')
  return fraction === undefined ? text : `${time}.${fraction.padEnd(6, '0')}`
}
