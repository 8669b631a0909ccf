import { ComebackConfigError } from '@comeback/core'
import knex, { type Knex } from 'knex'
import mysql2 from 'mysql2'
import { describe, expect, it } from 'vitest'
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
const mysql2Client = knex({ client: 'mysql2' }).client.constructor as new (config: object) => object

class Broken extends mysql2Client {}
Object.assign(Broken.prototype, { releaseConnection: undefined })

describe('comeback(config, policy)', () => {
  const wrong: readonly (readonly [name: string, config: unknown, option: string, received: RegExp])[] = [
    ['nothing', undefined, 'config', /undefined/],
    ['null', null, 'config', /null/],
    ['a URL', secret, 'config', /a URL/],
    ['an array', [], 'config', /an array/],
    ['a number', 3306, 'config', /number/],
    ['a function', () => undefined, 'config', /function/],
    ['a knex instance', knex({ client: 'mysql2' }), 'config', /a knex instance/],
    ['a pool', mysql2.createPool({}), 'config', /a pool/],
    ['no client', { connection: secret }, 'config.client', /undefined/],
    ['another client', { client: 'pg' }, 'config.client', /'pg'/],
    ['the client of the older driver', { client: 'mysql' }, 'config.client', /'mysql'/],
    ['a class of no dialect', { client: class {} }, 'config.client', /another dialect's class/],
    [
      'a pool in the configuration',
      { client: 'mysql2', connectionPool: {} },
      'config.connectionPool',
      /a pool/,
    ],
    ['a Knex that lacks a method', { client: Broken }, 'knex', /releaseConnection/],
    ['what comeback() has made', comeback({ client: 'mysql2' }), 'config.client', /under Comeback already/],
  ]

  for (const [name, config, option, received] of wrong) {
    it(`refuses ${name} and names ${option}`, () => {
      const error = refusal(() => comeback(config as Knex.Config))
      expect(error.option).toBe(option)
      expect(error.received).toMatch(received)
      expect(error.choices.length).toBeGreaterThan(0)
      expect(error.message).not.toContain('hunter2')
    })
  }

  it('refuses an unknown key of the policy and names the nearest', () => {
    const policy = { retry: { deadlinesMs: 5 } } as never
    const error = refusal(() => comeback({ client: 'mysql2' }, policy))
    expect(error.message).toContain('deadlinesMs')
    expect(error.message).toContain('deadlineMs')
  })

  it('refuses a negative duration', () => {
    expect(refusal(() => comeback({ client: 'mysql2' }, { maxLifetimeMs: -1 })).option).toContain(
      'maxLifetimeMs',
    )
  })

  it('gives back a new configuration with everything that was in it', () => {
    const config = {
      client: 'mysql2',
      connection: { host: '127.0.0.1' },
      pool: { min: 0 },
      asyncStackTraces: true,
    }
    const given = comeback(config)
    expect(given).toEqual({ ...config, client: expect.any(Function) })
    expect(given).not.toBe(config)
    expect(config.client).toBe('mysql2')
  })

  it('takes a class that extends the mysql2 client', () => {
    class Own extends mysql2Client {
      own(): true {
        return true
      }
    }
    const { client } = knex(comeback({ client: Own as never }))
    expect(client).toBeInstanceOf(Own)
    expect(client.own()).toBe(true)
  })

  it('builds SQL without a connection', () => {
    const db = knex(comeback({ client: 'mysql2' }))
    expect(db('orders').where({ id: 7 }).comeback({ retry: false }).toQuery()).toBe(
      'select * from `orders` where `id` = 7',
    )
  })
})

describe('comeback.attach(instance, policy)', () => {
  const wrong: readonly (readonly [name: string, instance: unknown, option: string, received: RegExp])[] = [
    ['nothing', undefined, 'instance', /undefined/],
    ['a configuration', { client: 'mysql2' }, 'instance', /object/],
    ['knex itself', knex, 'instance', /function/],
    [
      'an instance on another dialect',
      knex({ client: 'mysql' }),
      'instance.client',
      /another dialect's class/,
    ],
  ]

  for (const [name, instance, option, received] of wrong) {
    it(`refuses ${name} and names ${option}`, () => {
      const error = refusal(() => attach(instance as Knex))
      expect(error.option).toBe(option)
      expect(error.received).toMatch(received)
    })
  }

  it('refuses a second policy', () => {
    const db = attach(knex({ client: 'mysql2' }), { name: 'orders' })
    expect(attach(db)).toBe(db)
    expect(refusal(() => attach(db, { name: 'invoices' })).option).toBe('policy')
  })

  it('refuses a wrong policy and leaves the instance as it was', () => {
    const db = knex({ client: 'mysql2' })
    const before: unknown = Object.getPrototypeOf(db.client)
    expect(refusal(() => attach(db, { retries: 3 } as never)).message).toContain('retries')
    expect(Object.getPrototypeOf(db.client)).toBe(before)
  })
})

// One method more, and V8 makes the table of each transaction anew at twice its size; see docs/discoveries/knex.md.
it('gives its method to builders, and not to instances, of which each transaction is one', () => {
  const instance = knex(comeback({ client: 'mysql2' }))
  expect(instance('orders')).toHaveProperty('comeback')
  expect(Object.getOwnPropertyNames(instance)).not.toContain('comeback')
})
