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
  readonly typeCast: true | ((field: GeometryField, next: () => unknown) => unknown)
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

/** How an adapter talks to its server. */
export interface Wire {
  readonly useTextProtocol: boolean
  /** Reads whose answers had no geometry: to ask for the bytes of each value's costs a call for each value. */
  readonly readsWithoutGeometry: Set<string>
}

/** A way of talking to a server of which nothing is known yet. */
export function newWire(useTextProtocol: boolean): Wire {
  return { useTextProtocol, readsWithoutGeometry: new Set() }
}

type OnAnswer = (error: unknown, result: unknown, fields: FieldPacket[] | undefined) => void
type Send = (this: Runner, statement: DriverStatement, values: unknown[], onAnswer: OnAnswer) => unknown

/** How Prisma's own reads begin, which never ask for a geometry. Reads of the application's may begin so too. */
const LIKE_A_MODELS = /^SELECT `/

const GEOMETRY = 255

/** How many reads are known by their text; then the knowledge begins anew. */
const KNOWN_READS = 1_000

function keepGeometry(field: GeometryField, next: () => unknown): unknown {
  return field.type === 'GEOMETRY' ? field.buffer() : next()
}

function driverStatement(sql: string, typeCast: DriverStatement['typeCast']): DriverStatement {
  // Prisma may run the statement later than it was asked to, but in the same scope; the pool's queue leaves the scope.
  const comeback = currentAnnotation()
  return {
    sql,
    rowsAsArray: true,
    typeCast,
    ...(comeback === undefined ? {} : { comeback }),
  }
}

function send(
  runner: Runner,
  how: 'execute' | 'query',
  statement: DriverStatement,
  values: unknown[],
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onAnswer: OnAnswer = (error, result, fields) => {
      if (error) reject(toPrismaError(error))
      else resolve({ result, fields })
    }
    try {
      ;(runner[how] as Send).call(runner, statement, values, onAnswer)
    } catch (error) {
      reject(toPrismaError(error))
    }
  })
}

function remember(sql: string, fields: readonly FieldPacket[], { readsWithoutGeometry }: Wire): void {
  if (!LIKE_A_MODELS.test(sql) || readsWithoutGeometry.has(sql)) return
  if (fields.some(({ columnType }) => columnType === GEOMETRY)) return
  if (readsWithoutGeometry.size === KNOWN_READS) readsWithoutGeometry.clear()
  readsWithoutGeometry.add(sql)
}

/** Runs a statement of Prisma's. */
async function run(runner: Runner, query: PrismaQuery, wire: Wire): Promise<Answer> {
  const { sql, args, argTypes } = query
  const { useTextProtocol, readsWithoutGeometry } = wire
  const values = args.map((arg, place) => toArgument(arg, argTypes[place], !useTextProtocol))
  const statement = driverStatement(sql, readsWithoutGeometry.has(sql) || keepGeometry)
  const answer = await send(runner, useTextProtocol ? 'query' : 'execute', statement, values)
  if (answer.fields !== undefined) remember(sql, answer.fields, wire)
  return answer
}

/** Runs a statement without parameters that is none of Prisma's own: BEGIN, COMMIT … */
export async function command(runner: Runner, sql: string): Promise<void> {
  await send(runner, 'query', driverStatement(sql, true), [])
}

/** A procedure answers with several results; Prisma knows of the first. */
function firstOf({ result, fields }: Answer): Answer {
  const [first] = fields ?? []
  return Array.isArray(first) || (fields !== undefined && first === undefined && Array.isArray(result))
    ? { result: (result as unknown[])[0], fields: first as unknown as FieldPacket[] | undefined }
    : { result, fields }
}

/** What Prisma expects of `queryRaw`. */
export async function queryRaw(runner: Runner, query: PrismaQuery, wire: Wire): Promise<PrismaResultSet> {
  const { result, fields = [] } = firstOf(await run(runner, query, wire))
  if (Array.isArray(result)) {
    return {
      columnNames: fields.map(({ name }) => name),
      columnTypes: fields.map(columnTypeOf),
      rows: toRows(result as unknown[][], fields, !wire.useTextProtocol),
    }
  }
  const { insertId } = result as ResultSetHeader
  return { columnNames: [], columnTypes: [], rows: [], lastInsertId: String(insertId) }
}

/** What Prisma expects of `executeRaw`: how many rows were affected. */
export async function executeRaw(runner: Runner, query: PrismaQuery, wire: Wire): Promise<number> {
  const { result } = await run(runner, query, wire)
  return Array.isArray(result) ? 0 : ((result as ResultSetHeader).affectedRows ?? 0)
}
