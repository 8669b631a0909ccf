import type { Policy } from '@comeback/core'
import { type ComebackDriver, withPolicy } from '@comeback/mysql2'

const BRAND: unique symbol = Symbol.for('comeback.typeorm.driver') as never

/** Whether a driver is one that this package has made. */
export function hasSessions(driver: object): boolean {
  return BRAND in driver
}

/** What TypeORM's `driver` option is given: mysql2's module, whose connections are sessions. */
export function sessionDriver(policy: Policy | undefined): ComebackDriver {
  return Object.defineProperty(withPolicy(policy), BRAND, { value: true })
}
