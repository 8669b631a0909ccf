import { refuseOption } from '@comeback/core'
import * as typeorm from 'typeorm'

/** What Comeback builds on; all of it is TypeORM's documented interface. */
const RUNNER_MEMBERS = [
  'connect',
  'query',
  'stream',
  'release',
  'startTransaction',
  'commitTransaction',
  'rollbackTransaction',
  'isTransactionActive',
  'data',
  // Not used here. TypeORM does not tell its version; older ones, without it, count transactions in another way.
  'sql',
] as const

/** TypeORM 0.3.27 and later print a warning about a driver whose name they are not told; TypeORM 1 has no such option. */
export const CONNECTOR = { connectorPackage: 'mysql2' } as const

/** Not empty, or TypeORM 0.3 would look for another one. */
const NO_DRIVER = { createPool: undefined }

function missing(): string | undefined {
  const { DataSource, EventSubscriber } = typeorm
  if (typeof DataSource !== 'function') return 'the class DataSource'
  if (typeof EventSubscriber !== 'function') return 'the decorator EventSubscriber'
  // A query runner without a connection shows what query runners have; nothing is opened.
  const options: typeorm.DataSourceOptions = { type: 'mysql', driver: NO_DRIVER, ...CONNECTOR }
  const runner = new DataSource(options).createQueryRunner()
  const member = RUNNER_MEMBERS.find(name => !(name in runner))
  return member && `the query runner's member ${member}`
}

/**
 * Proves that the running TypeORM has what Comeback builds on.
 *
 * @throws ComebackConfigError naming what is missing.
 */
export function checkVersion(): void {
  const what = missing()
  if (what === undefined) return
  refuseOption('typeorm', `a version without ${what}`, [
    'typeorm 1.0 or later, below 2',
    'typeorm 0.3.24 or later, below 0.4',
  ])
}
