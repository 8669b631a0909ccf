import { type Annotation, currentAnnotation } from '@comeback/core'
import type { FieldPacket, Pool, PoolConnection, ResultSetHeader } from 'mysql2'
import { columnTypeOf } from './column-type.js'
import { toPrismaError } from './error.js'
import type { PrismaQuery, PrismaResultSet } from './orm-types.js'
import { toArgument, toRows } from './values.js'

/** What statements are run on: a pool, or a connection of one. */
export type Runner = Pick<Pool | PoolConnection, 'execute' | 'query'>

/** A statement for the driver. */
interface DriverStatement {
  readonly sql: string
  readonly rowsAsArray: true
  readonly typeCast?: (field: GeometryField, next: () => unknown) => unknown
  readonly comeback?: Annotation
}

interface GeometryField {
  readonly type: string
  buffer(): Buffer | null
}

interface Answer {
  readonly result: unknown
  readonly fields: readonly FieldPacket[] | undefined
}

type OnAnswer = (error: unknown, result: unknown, fields: FieldPacket[] | undefined) => void
type Send = (this: Runner, statement: DriverStatement, values: unknown[], onAnswer: OnAnswer) => unknown

/** Prisma itself never asks for a column of a geometry; giving the bytes of one costs a call for each value of a row. */
const MODEL_SELECT = /^SELECT `/

function keepGeometry(field: GeometryField, next: () => unknown): unknown {
  return field.type === 'GEOMETRY' ? field.buffer() : next()
}

function driverStatement(sql: string): DriverStatement {
  // Prisma may run the statement later than it was asked to, but in the same scope; the pool's queue leaves the scope.
  const comeback = currentAnnotation()
  return {
    sql,
    rowsAsArray: true,
    ...(MODEL_SELECT.test(sql) ? {} : { typeCast: keepGeometry }),
    ...(comeback === undefined ? {} : { comeback }),
  }
}

function send(runner: Runner, how: 'execute' | 'query', sql: string, values: unknown[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onAnswer: OnAnswer = (error, result, fields) => {
      if (error) reject(toPrismaError(error))
      else resolve({ result, fields })
    }
    try {
      ;(runner[how] as Send).call(runner, driverStatement(sql), values, onAnswer)
    } catch (error) {
      reject(toPrismaError(error))
    }
  })
}

/** Runs a statement of Prisma's. */
function run(runner: Runner, query: PrismaQuery, useTextProtocol: boolean): Promise<Answer> {
  const { sql, args, argTypes } = query
  const values = args.map((arg, place) => toArgument(arg, argTypes[place], !useTextProtocol))
  return send(runner, useTextProtocol ? 'query' : 'execute', sql, values)
}

/** Runs a statement without parameters that is none of Prisma's own: BEGIN, COMMIT … */
export async function command(runner: Runner, sql: string): Promise<void> {
  await send(runner, 'query', sql, [])
}

/** A procedure answers with several results; Prisma knows of the first. */
function firstOf({ result, fields }: Answer): Answer {
  const [first] = fields ?? []
  return Array.isArray(first) || (fields !== undefined && first === undefined && Array.isArray(result))
    ? { result: (result as unknown[])[0], fields: first as unknown as FieldPacket[] | undefined }
    : { result, fields }
}

/** What Prisma expects of `queryRaw`. */
export async function queryRaw(
  runner: Runner,
  query: PrismaQuery,
  useTextProtocol: boolean,
): Promise<PrismaResultSet> {
  const { result, fields = [] } = firstOf(await run(runner, query, useTextProtocol))
  if (Array.isArray(result)) {
    return {
      columnNames: fields.map(({ name }) => name),
      columnTypes: fields.map(columnTypeOf),
      rows: toRows(result as unknown[][], fields, !useTextProtocol),
    }
  }
  const { insertId } = result as ResultSetHeader
  return { columnNames: [], columnTypes: [], rows: [], lastInsertId: String(insertId) }
}

/** What Prisma expects of `executeRaw`: how many rows were affected. */
export async function executeRaw(
  runner: Runner,
  query: PrismaQuery,
  useTextProtocol: boolean,
): Promise<number> {
  const { result } = await run(runner, query, useTextProtocol)
  return Array.isArray(result) ? 0 : ((result as ResultSetHeader).affectedRows ?? 0)
}
