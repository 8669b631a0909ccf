import { refuseOption } from '@comeback/core'
import type { SequelizeInstance } from './orm-types.js'

const CHOICES = ['sequelize 6.37 or later, below 7']

/** The first minor version of Sequelize 6 that is held to work. */
const OLDEST_MINOR = 37

function refuse(received: string): never {
  refuseOption('sequelize', received, CHOICES)
}

/**
 * Refuses a Sequelize that this package has not been proved with.
 *
 * @throws ComebackConfigError naming the version.
 */
export function checkVersion(version: unknown): void {
  const [major, minor] = String(version).split('.').map(Number)
  if (major === 6 && minor !== undefined && minor >= OLDEST_MINOR) return
  refuse(typeof version === 'string' ? `version ${version}` : 'something without a version')
}

type Methods = readonly [owner: string, target: unknown, names: readonly string[]]

/** What is built on; most of it is not in Sequelize's documentation. */
const methodsOf = (sequelize: SequelizeInstance): readonly Methods[] => [
  ['the instance', sequelize, ['query', 'transaction', 'runHooks', 'hasHook', 'addHook']],
  ['its connectionManager', sequelize.connectionManager, ['connect', 'disconnect', 'validate', 'close']],
  ['its pool', sequelize.connectionManager.pool, ['acquire', 'release', 'destroy']],
  ['its dialect', sequelize.dialect, ['Query']],
  ['its dialect’s Query', sequelize.dialect.Query.prototype, ['run', 'formatError']],
]

/**
 * Proves that an instance has what Comeback builds on.
 *
 * @throws ComebackConfigError naming what is missing.
 */
export function checkInstance(sequelize: SequelizeInstance): void {
  checkVersion(sequelize.Sequelize.version)
  for (const [owner, target, names] of methodsOf(sequelize)) {
    const missing = names.find(name => typeof (target as Record<string, unknown>)[name] !== 'function')
    if (missing !== undefined) refuse(`a version in which ${owner} has no ${missing}`)
  }
}
