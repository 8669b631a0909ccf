import { type Policy, resolvePolicy } from '@comeback/core'
import type { DataSourceOptions } from 'typeorm'
import { cacheWrites } from './annotation.js'
import { checkConfig } from './check-config.js'
import { CONNECTOR, checkVersion } from './check-version.js'
import { sessionDriver } from './sessions.js'
import { withKeeper } from './subscriber.js'

/**
 * TypeORM's options in, TypeORM's options out: connections of a data source made from them survive their server going away.
 *
 * @param config - As for `new DataSource()`, with `type: 'mysql'` or `'mariadb'`; `replication` included.
 * @param policy - What Comeback may do; see `Policy` for every default.
 * @throws ComebackConfigError naming the option that is unknown or wrong.
 * @example
 * ```ts
 * import { comeback } from '@comeback/typeorm'
 * import { DataSource } from 'typeorm'
 *
 * const dataSource = new DataSource(comeback({ type: 'mysql', host: '127.0.0.1', username: 'shop', database: 'shop' }))
 * ```
 */
export function comeback<C extends DataSourceOptions>(config: C, policy?: Policy): C {
  checkConfig(config)
  checkVersion()
  resolvePolicy(policy)
  return {
    ...config,
    driver: sessionDriver(policy, cacheWrites(config)),
    subscribers: withKeeper(config.subscribers),
    ...CONNECTOR,
  }
}
