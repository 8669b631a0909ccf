import { ComebackConfigError } from '@comeback/core'
import mysql2 from 'mysql2'
import { type Options, Sequelize } from 'sequelize'
import { describe, expect, it } from 'vitest'
import { checkInstance, checkVersion } from './check-version.js'
import { attach, comeback } from './comeback.js'

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
const options = { dialect: 'mysql', logging: false } as const satisfies Options

describe('comeback(options, policy)', () => {
  const other = { ...mysql2, createConnection: () => undefined }
  const wrong: readonly (readonly [name: string, options: unknown, option: string, received: RegExp])[] = [
    ['nothing', undefined, 'options', /undefined/],
    ['null', null, 'options', /null/],
    ['a URL', secret, 'options', /a URL/],
    ['an array', [], 'options', /an array/],
    ['a number', 3306, 'options', /number/],
    ['a function', () => undefined, 'options', /function/],
    ['a Sequelize instance', new Sequelize(options), 'options', /a Sequelize instance/],
    ['another dialect', { dialect: 'postgres' }, 'options.dialect', /'postgres'/],
    ['a dialect that is no text', { dialect: mysql2 }, 'options.dialect', /object/],
    ['the dialect of the mariadb connector', { dialect: 'mariadb' }, 'options.dialect', /'mariadb'/],
    ['another driver', { ...options, dialectModule: other }, 'options.dialectModule', /other than mysql2/],
    ['a driver’s path', { ...options, dialectModulePath: '/x' }, 'options.dialectModulePath', /a string/],
    ['an annotation', { ...options, comeback: { idempotent: true } }, 'options.comeback', /an object/],
    ['what comeback() has made', comeback(options), 'options.dialectModule', /under Comeback already/],
  ]

  for (const [name, given, option, received] of wrong) {
    it(`refuses ${name} and names ${option}`, () => {
      const error = refusal(() => comeback(given as Options))
      expect(error.option).toBe(option)
      expect(error.received).toMatch(received)
      expect(error.choices.length).toBeGreaterThan(0)
      expect(error.message).not.toContain('hunter2')
    })
  }

  it('says what to do instead of the mariadb dialect', () => {
    expect(refusal(() => comeback({ dialect: 'mariadb' })).message).toContain("'mysql'")
  })

  it('refuses an unknown key of the policy and names the nearest', () => {
    const error = refusal(() => comeback(options, { retry: { deadlinesMs: 5 } } as never))
    expect(error.message).toContain('deadlinesMs')
    expect(error.message).toContain('deadlineMs')
  })

  it('refuses a negative duration', () => {
    expect(refusal(() => comeback(options, { maxLifetimeMs: -1 })).option).toContain('maxLifetimeMs')
  })

  it('gives back new options with everything that was in them', () => {
    const given = { ...options, pool: { max: 3 }, define: { timestamps: false } }
    const made = comeback(given)
    expect(made).toEqual({ ...given, dialectModule: expect.any(Object) })
    expect(made).not.toBe(given)
    expect(given).not.toHaveProperty('dialectModule')
  })

  it('takes mysql2 itself as the driver', () => {
    expect(() => comeback({ ...options, dialectModule: mysql2 })).not.toThrow()
  })

  it('gives sessions to what is made of it, with a URL as well, and to nothing else', () => {
    const driverOf = (instance: Sequelize): unknown =>
      (instance as unknown as { connectionManager: { lib: unknown } }).connectionManager.lib
    const stock = driverOf(new Sequelize(options))
    const given = comeback(options)
    const drivers = [
      new Sequelize(given),
      new Sequelize(given),
      new Sequelize(secret, comeback(options)),
    ].map(driverOf)
    expect(new Set([...drivers, stock]).size).toBe(4)
    expect(driverOf(new Sequelize(options))).toBe(stock)
  })

  it('gives sessions to an instance of a class that extends Sequelize', () => {
    class Shop extends Sequelize {}
    const shop = new Shop(comeback(options))
    expect(refusal(() => attach(shop, { name: 'orders' })).option).toBe('policy')
  })

  it('refuses a URL that names the dialect of the mariadb connector when the instance is made', () => {
    const url = secret.replace('mysql', 'mariadb')
    const error = refusal(() => new Sequelize(url, comeback({ logging: false })))
    expect(error.option).toBe('options.dialect')
    expect(error.message).toContain('mysql://')
  })

  it('refuses to connect when such a URL is found out too late', async () => {
    const sequelize = new Sequelize(secret.replace('mysql', 'mariadb'), { ...comeback({ logging: false }) })
    await expect(sequelize.authenticate()).rejects.toThrow('mysql://')
  })

  it('refuses to connect for an instance of a Sequelize that it does not know', () => {
    const { dialectModule } = comeback(options) as { dialectModule?: { createConnection(): unknown } }
    expect(refusal(() => dialectModule?.createConnection()).message).toContain('comeback.attach(sequelize)')
  })
})

describe('comeback.attach(sequelize, policy)', () => {
  const wrong: readonly (readonly [name: string, instance: unknown, option: string, received: RegExp])[] = [
    ['nothing', undefined, 'sequelize', /undefined/],
    ['options', options, 'sequelize', /object/],
    ['Sequelize itself', Sequelize, 'sequelize', /function/],
    [
      'an instance with another driver',
      new Sequelize({ ...options, dialectModule: { ...mysql2, createConnection: () => undefined } }),
      'sequelize.options.dialectModule',
      /other than mysql2/,
    ],
  ]

  for (const [name, instance, option, received] of wrong) {
    it(`refuses ${name} and names ${option}`, () => {
      const error = refusal(() => attach(instance as Sequelize))
      expect(error.option).toBe(option)
      expect(error.received).toMatch(received)
    })
  }

  it('refuses a second policy', () => {
    const sequelize = attach(new Sequelize(options), { name: 'orders' })
    expect(attach(sequelize)).toBe(sequelize)
    expect(refusal(() => attach(sequelize, { name: 'invoices' })).option).toBe('policy')
  })

  it('refuses a wrong policy and leaves the instance as it was', () => {
    const sequelize = new Sequelize(options)
    const before = Object.getOwnPropertyNames(sequelize)
    expect(refusal(() => attach(sequelize, { retries: 3 } as never)).message).toContain('retries')
    expect(Object.getOwnPropertyNames(sequelize)).toEqual(before)
  })

  it('adds no key to the instance that is listed', () => {
    const sequelize = new Sequelize(options)
    const before = Object.keys(sequelize)
    expect(Object.keys(attach(sequelize))).toEqual(before)
  })
})

describe('the version of Sequelize', () => {
  it.each(['6.37.0', '6.37.8', '6.40.1'])('may be %s', version => {
    expect(() => checkVersion(version)).not.toThrow()
  })

  it.each(['6.36.9', '5.22.5', '7.0.0-alpha.47', undefined])('may not be %s', version => {
    const error = refusal(() => checkVersion(version))
    expect(error.option).toBe('sequelize')
    expect(error.choices).toEqual(['sequelize 6.37 or later, below 7'])
  })

  it('is refused by name when an instance lacks a method that is built on', () => {
    const sequelize = new Sequelize(options) as unknown as {
      connectionManager: { pool: { release?: unknown } }
    }
    sequelize.connectionManager.pool.release = undefined
    const error = refusal(() => checkInstance(sequelize as never))
    expect(error.received).toContain('its pool has no release')
  })
})
