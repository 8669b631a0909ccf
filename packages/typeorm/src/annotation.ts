import { annotationFrom } from '@comeback/core'
import type { TypeormConfig, TypeormConnection, TypeormRunner } from './orm-types.js'

const RUNNER: unique symbol = Symbol.for('comeback.typeorm.runner') as never

type Led = TypeormConnection & { [RUNNER]?: TypeormRunner | undefined }

/**
 * Whether what the data of a query runner declares is in force for a statement. A wrong annotation is refused, except by a
 * rollback: refused as well, it would give a connection back to the pool with its transaction open.
 */
function isInForce(given: unknown, sql: string): boolean {
  try {
    annotationFrom(given, 'data.comeback')
    return true
  } catch (error) {
    if (sql.startsWith('ROLLBACK')) return false
    throw error
  }
}

/**
 * Lets a connection know the query runner whose data holds an annotation; nothing to do for all others.
 *
 * @throws ComebackConfigError when the annotation is wrong.
 */
export function leadData(runner: TypeormRunner, sql: string): Promise<void> | undefined {
  const given = runner.data?.comeback
  if (given === undefined) return undefined
  const leader = isInForce(given, sql) ? runner : undefined
  return runner.connect().then(connection => {
    Object.assign(connection as Led, { [RUNNER]: leader })
  })
}

/** What the data of a connection's query runner declares at the moment. */
export function dataOf(connection: TypeormConnection): unknown {
  const led = connection as Led
  const runner = led[RUNNER]
  if (runner === undefined) return undefined
  // The connection has gone back to the pool, and may be somebody else's by now.
  if (runner.isReleased) led[RUNNER] = undefined
  return runner.isReleased ? undefined : runner.data?.comeback
}

/** The statement, its text or an options object, with an annotation. */
export function annotated(statement: unknown, annotation: unknown): unknown {
  return typeof statement === 'string'
    ? { sql: statement, comeback: annotation }
    : { comeback: annotation, ...(statement as object) }
}

const CACHE_TABLE = 'query-result-cache'

/**
 * How TypeORM's own notes of query results are recognised, if it keeps them in a table. Writing one twice harms nobody, and a
 * lost one must not fail the read that it belongs to.
 */
export function cacheWrites({ cache }: TypeormConfig): RegExp | undefined {
  if (typeof cache !== 'object' || cache === null) return cache === true ? writesTo(CACHE_TABLE) : undefined
  const { type = 'database', provider, tableName } = cache as Record<string, unknown>
  if (type !== 'database' || provider !== undefined) return undefined
  return writesTo(typeof tableName === 'string' && tableName !== '' ? tableName : CACHE_TABLE)
}

function writesTo(tableName: string): RegExp {
  const table = tableName
    .split('.')
    .at(-1)
    ?.replaceAll(/[^\w-]/g, '\\$&')
  return new RegExp(`^(?:INSERT INTO|UPDATE|DELETE FROM) (?:\`[^\`]+\`\\.)?\`${table}\``)
}
