import { ComebackConfigError } from '@comeback/core'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { mockAdapterFactory } from '@prisma/driver-adapter-utils'
import mysql2 from 'mysql2'
import { describe, expect, it } from 'vitest'
import { comeback } from './comeback.js'
import { comebackExtension } from './extension.js'
import { PrismaComeback } from './factory.js'

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
const stock = (): PrismaMariaDb => new PrismaMariaDb({ host: '127.0.0.1' })

describe('comeback(options, policy)', () => {
  const wrong: readonly (readonly [name: string, options: unknown, option: string, received: RegExp])[] = [
    ['nothing', undefined, 'options', /undefined/],
    ['null', null, 'options', /null/],
    ['a URL', secret, 'options', /a URL/],
    ['an array', [], 'options', /an array/],
    ['a client', { $extends: () => undefined }, 'options', /a client/],
    ['no adapter', {}, 'options.adapter', /undefined/],
    ['a URL as adapter', { adapter: secret }, 'options.adapter', /string/],
    ['an adapter that is connected', { adapter: { queryRaw() {} } }, 'options.adapter', /connected/],
    ['another database', { adapter: mockAdapterFactory('postgres') }, 'options.adapter', /postgres/],
    ['what comeback() has made', comeback({ adapter: stock() }), 'options.adapter', /under Comeback already/],
  ]

  for (const [name, options, option, received] of wrong) {
    it(`refuses ${name} and names ${option}`, () => {
      const error = refusal(() => comeback(options as { adapter: PrismaComeback }))
      expect(error.option).toBe(option)
      expect(error.received).toMatch(received)
      expect(error.choices.length).toBeGreaterThan(0)
      expect(error.message).not.toContain('hunter2')
    })
  }

  for (const adapter of [new PrismaComeback(secret), stock()]) {
    it(`refuses an unknown key of the policy and names the nearest, over ${adapter.adapterName}`, () => {
      const error = refusal(() => comeback({ adapter }, { retry: { deadlinesMs: 5 } } as never))
      expect(error.message).toContain('deadlinesMs')
      expect(error.message).toContain('deadlineMs')
    })
  }

  it('refuses a second policy', () => {
    const adapter = new PrismaComeback(secret, { policy: { name: 'orders' } })
    expect(comeback({ adapter }).adapter).toBe(adapter)
    expect(refusal(() => comeback({ adapter }, { name: 'invoices' })).option).toBe('policy')
  })

  it('refuses a deadline for all statements over an adapter that can not end one', () => {
    const error = refusal(() => comeback({ adapter: stock() }, { statementDeadlineMs: 100 }))
    expect(error.option).toBe('policy.statementDeadlineMs')
  })

  it('gives back new options with everything that was in them', () => {
    const options = { adapter: new PrismaComeback(secret), errorFormat: 'minimal' as const }
    const given = comeback(options, { name: 'orders' })
    expect(given).not.toBe(options)
    expect(given.errorFormat).toBe('minimal')
    expect(given.adapter).toBeInstanceOf(PrismaComeback)
    expect(given.adapter.options.policy).toEqual({ name: 'orders' })
    expect(options.adapter.options.policy).toBeUndefined()
  })

  it('wraps an adapter that is not ours, under its own name', () => {
    const given = comeback({ adapter: stock() })
    expect(given.adapter).toMatchObject({ provider: 'mysql', adapterName: '@prisma/adapter-mariadb' })
  })
})

describe('new PrismaComeback(config, options)', () => {
  const wrong: readonly (readonly [name: string, make: () => unknown, option: RegExp])[] = [
    ['nothing', () => new PrismaComeback(undefined as never), /config/],
    ['a pool', () => new PrismaComeback(mysql2.createPool({}) as never), /config/],
    ['an unknown option', () => new PrismaComeback(secret, { schema: 'shop' } as never), /schema/],
    ['a wrong option', () => new PrismaComeback(secret, { useTextProtocol: 1 } as never), /useTextProtocol/],
    ['a wrong policy', () => new PrismaComeback(secret, { policy: { maxLifetimeMs: -1 } }), /maxLifetimeMs/],
  ]
  for (const [name, make, option] of wrong) {
    it(`refuses ${name} by name`, () => {
      const error = refusal(make)
      expect(error.option).toMatch(option)
      expect(error.message).not.toContain('hunter2')
    })
  }
})

describe('comebackExtension(policy)', () => {
  for (const [name, policy, option] of [
    ['an unknown option', { replay: 1 }, /replay/],
    ['a number of replays that is none', { operations: { replay: 'often' } }, /operations\.replay/],
    ['too many replays', { transactions: { replay: 11 } }, /transactions\.replay/],
    ['a fraction', { transactions: { replay: 0.5 } }, /transactions\.replay/],
    ['no object', 3, /policy/],
  ] as const) {
    it(`refuses ${name} by name`, () => {
      expect(refusal(() => comebackExtension(policy as never)).option).toMatch(option)
    })
  }
})
