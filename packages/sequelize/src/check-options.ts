import { type Policy, refuseOption, typeOf } from '@comeback/core'
import mysql2 from 'mysql2'
import type { Options } from 'sequelize'
import type { SequelizeInstance } from './orm-types.js'

/** Where a driver-to-be takes an instance that was made of its options. */
export const ATTACH: unique symbol = Symbol.for('comeback.sequelize.attach') as never

/** What stands in the options for the driver, until an instance is made of them. */
export interface DriverToBe {
  /** As it was given with the options. */
  readonly policy: Policy | undefined
  [ATTACH](sequelize: SequelizeInstance): void
  createConnection(): never
}

/** Refuses every dialect but mysql2's. */
export function checkDialect(option: string, dialect: unknown): void {
  if (dialect === 'mysql') return
  const received = typeof dialect === 'string' ? `'${dialect}'` : typeOf(dialect)
  refuseOption(option, received, [
    dialect === 'mariadb'
      ? "'mysql', and mysql:// in a URL: it talks to MariaDB as well, while 'mariadb' needs the mariadb connector, which can not be put on sessions"
      : "'mysql', for MySQL and for MariaDB",
  ])
}

/** Whether something stands for the driver in options that `comeback()` has made. */
export function isOurs(dialectModule: unknown): dialectModule is DriverToBe {
  return typeof dialectModule === 'object' && dialectModule !== null && ATTACH in dialectModule
}

interface DriverChoice {
  readonly dialectModule?: unknown
  readonly dialectModulePath?: unknown
}

/** Refuses a driver that is not mysql2: the connections are ours. */
export function checkDriver(option: string, { dialectModule, dialectModulePath }: DriverChoice): void {
  const choices = ['nothing: Comeback opens the connections, with mysql2']
  if (dialectModulePath) refuseOption(`${option}.dialectModulePath`, typeOf(dialectModulePath), choices)
  if (!dialectModule) return
  if (isOurs(dialectModule)) {
    refuseOption(`${option}.dialectModule`, 'one that is under Comeback already', choices)
  }
  const { createConnection } = dialectModule as { readonly createConnection?: unknown }
  if (createConnection !== mysql2.createConnection) {
    refuseOption(`${option}.dialectModule`, 'a module other than mysql2', choices)
  }
}

/** Refuses what can not be Sequelize's options for mysql2. */
export function checkOptions(options: unknown): asserts options is Options {
  const choice = "Sequelize's options, an object with dialect: 'mysql'"
  if (typeof options === 'string') {
    refuseOption('options', 'a URL or another string', [
      `${choice}: new Sequelize(url, comeback({ dialect: 'mysql' }))`,
    ])
  }
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    refuseOption('options', typeOf(options), [choice])
  }
  if ('connectionManager' in options) {
    refuseOption('options', 'a Sequelize instance', [`${choice} (an instance goes to comeback.attach)`])
  }
  const given = options as Options & { readonly comeback?: unknown }
  // A URL that is given beside the options names the dialect as well.
  if (given.dialect !== undefined) checkDialect('options.dialect', given.dialect)
  checkDriver('options', given)
  if (given.comeback !== undefined) {
    refuseOption('options.comeback', typeOf(given.comeback), [
      'annotation: { … } in the policy, for every statement',
      'comeback: { … } in the options of a statement',
    ])
  }
}
