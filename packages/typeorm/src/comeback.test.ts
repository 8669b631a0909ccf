import { ComebackConfigError } from '@comeback/core'
import mysql2, * as mysql2Namespace from 'mysql2'
import { DataSource, type DataSourceOptions } from 'typeorm'
import { describe, expect, it } from 'vitest'
import { comeback } from './comeback.js'

/** The error of a call that must be refused. */
function refusal(call: () => unknown): ComebackConfigError {
  try {
    call()
  } catch (error) {
    expect(error).toBeInstanceOf(ComebackConfigError)
    return error as ComebackConfigError
  }
  throw new Error('It was not refused.')
}

const secret = 'mysql://shop:hunter2@127.0.0.1/shop'
const config = { type: 'mysql', host: '127.0.0.1' } as const

describe('comeback(config, policy)', () => {
  const wrong: readonly (readonly [name: string, config: unknown, option: string, received: RegExp])[] = [
    ['nothing', undefined, 'config', /undefined/],
    ['null', null, 'config', /null/],
    ['a URL', secret, 'config', /a URL/],
    ['a URL object', new URL(secret), 'config.type', /undefined/],
    ['an array', [config], 'config', /an array/],
    ['a number', 3306, 'config', /number/],
    ['a function', () => config, 'config', /function/],
    ['a DataSource', new DataSource(config), 'config', /a DataSource/],
    ['a pool', mysql2.createPool({}), 'config', /a pool/],
    ['no type', { url: secret }, 'config.type', /undefined/],
    ['another type', { type: 'postgres', url: secret }, 'config.type', /'postgres'/],
    ['a type that only looks alike', { type: 'aurora-mysql' }, 'config.type', /'aurora-mysql'/],
    ['a driver of another package', { ...config, driver: { createPool() {} } }, 'config.driver', /another/],
    ['the name of a driver', { ...config, driver: 'mysql2' }, 'config.driver', /string/],
    ['the older driver', { ...config, connectorPackage: 'mysql' }, 'config.connectorPackage', /'mysql'/],
    ['what comeback() has made', comeback(config), 'config.driver', /under Comeback already/],
    ['subscribers that are none', { ...config, subscribers: 5 }, 'config.subscribers', /number/],
  ]

  for (const [name, given, option, received] of wrong) {
    it(`refuses ${name} and names ${option}`, () => {
      const error = refusal(() => comeback(given as DataSourceOptions))
      expect(error.option).toBe(option)
      expect(error.received).toMatch(received)
      expect(error.choices.length).toBeGreaterThan(0)
      expect(error.message).not.toContain('hunter2')
    })
  }

  it('refuses an unknown key of the policy and names the nearest', () => {
    const error = refusal(() => comeback(config, { retry: { deadlinesMs: 5 } } as never))
    expect(error.message).toContain('deadlinesMs')
    expect(error.message).toContain('deadlineMs')
  })

  it('refuses a negative duration', () => {
    expect(refusal(() => comeback(config, { maxLifetimeMs: -1 })).option).toContain('maxLifetimeMs')
  })

  for (const [name, driver] of [
    ['the default export', mysql2],
    ['the namespace', mysql2Namespace],
  ] as const) {
    it(`takes ${name} of mysql2 for a driver, and replaces it`, () => {
      const given = comeback({ ...config, driver })
      expect(given.driver).not.toBe(driver)
      expect(given.driver.createPool).not.toBe(mysql2.createPool)
    })
  }

  it('gives back a new configuration with everything that was in it', () => {
    class Audit {}
    const own = {
      ...config,
      poolSize: 3,
      extra: { idleTimeout: 5 },
      subscribers: [Audit, 'subscribers/*.js'],
    }
    const given = comeback(own)
    expect(given).toEqual({
      ...own,
      driver: expect.anything(),
      connectorPackage: 'mysql2',
      subscribers: [Audit, 'subscribers/*.js', expect.any(Function)],
    })
    expect(own).not.toHaveProperty('driver')
    expect(own.subscribers).toHaveLength(2)
  })

  it('takes subscribers in an object, as TypeORM does', () => {
    class Audit {}
    const { subscribers } = comeback({ ...config, subscribers: { Audit } })
    expect(subscribers).toEqual([Audit, expect.any(Function)])
  })

  it('builds SQL without a connection', () => {
    const dataSource = new DataSource(comeback(config))
    const query = dataSource.createQueryBuilder().select('1').from('orders', 'o').comment('comeback:no-retry')
    expect(query.getQuery()).toContain('/* comeback:no-retry */')
  })
})
