import { refuseOption, typeOf } from '@comeback/core'
import mysql2 from 'mysql2'
import type { TypeormConfig } from './orm-types.js'
import { hasSessions } from './sessions.js'

const CONFIG = ["TypeORM's options, an object with type: 'mysql' or 'mariadb'"]
const TYPES = ["'mysql'", "'mariadb'"]
const DRIVER = ["mysql2's own module", 'nothing: mysql2 is loaded by Comeback']

function checkType(type: unknown): void {
  if (type === 'mysql' || type === 'mariadb') return
  refuseOption('config.type', typeof type === 'string' ? `'${type}'` : typeOf(type), TYPES)
}

/** A driver that stands in for mysql2 would be lost without a word, so any other than mysql2 itself is refused. */
function checkDriver(driver: unknown): void {
  if (driver === undefined || driver === null) return
  if (typeof driver !== 'object' && typeof driver !== 'function') {
    refuseOption('config.driver', typeOf(driver), DRIVER)
  }
  if (hasSessions(driver)) refuseOption('config.driver', 'one that is under Comeback already', DRIVER)
  const { createPool } = driver as { createPool?: unknown }
  if (createPool !== mysql2.createPool) refuseOption('config.driver', 'another driver than mysql2', DRIVER)
}

/** An option of TypeORM 0.3: which of two drivers to load. */
function checkConnector(connector: unknown): void {
  if (connector === undefined || connector === 'mysql2') return
  const received = typeof connector === 'string' ? `'${connector}'` : typeOf(connector)
  refuseOption('config.connectorPackage', received, ["'mysql2'"])
}

/** TypeORM takes a list, or an object whose values are one: `import * as subscribers from …`. */
function checkSubscribers(subscribers: unknown): void {
  if (subscribers === undefined || (typeof subscribers === 'object' && subscribers !== null)) return
  refuseOption('config.subscribers', typeOf(subscribers), ['an array of classes and paths'])
}

/**
 * Refuses what is no configuration of a MySQL or MariaDB data source, before anything is opened.
 *
 * @throws ComebackConfigError
 */
export function checkConfig(config: unknown): void {
  if (typeof config === 'string') {
    refuseOption('config', 'a URL or another string', ["TypeORM's options: { type: 'mysql', url }"])
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    refuseOption('config', typeOf(config), CONFIG)
  }
  if ('createQueryRunner' in config) {
    refuseOption('config', 'a DataSource', [
      'the options that it is made from: new DataSource(comeback(options))',
    ])
  }
  if ('getConnection' in config) refuseOption('config', 'a pool', CONFIG)
  const { type, driver, connectorPackage, subscribers } = config as TypeormConfig
  checkType(type)
  checkConnector(connectorPackage)
  checkDriver(driver)
  checkSubscribers(subscribers)
}
