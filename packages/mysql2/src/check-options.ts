import { refuseOption, typeOf } from '@comeback/core'

/**
 * Refuses what can not be connection options, before mysql2 makes `localhost:3306` of it.
 *
 * @throws ComebackConfigError
 */
export function checkConnectionOptions(options: unknown): void {
  if (typeof options === 'string') return
  const isPool = typeof options === 'object' && options !== null && 'getConnection' in options
  if (typeof options === 'object' && options !== null && !isPool) return
  refuseOption('options', isPool ? 'a pool' : typeOf(options), [
    "mysql2's connection options",
    'a connection URI',
  ])
}
