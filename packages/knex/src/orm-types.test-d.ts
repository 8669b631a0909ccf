import knex, { type Knex } from 'knex'
import { describe, expectTypeOf, it } from 'vitest'
import { type Annotation, comeback } from './index.js'
import type { KnexConfig, KnexConnection } from './orm-types.js'

describe("Knex's own types", () => {
  it('fit the part of the configuration that is read', () => {
    expectTypeOf<Knex.Config['connection']>().toExtend<KnexConfig['connection']>()
    expectTypeOf<Knex.Config['client']>().toExtend<KnexConfig['client']>()
  })

  it('have the methods of the client that are overridden', () => {
    expectTypeOf<Knex.Client['acquireRawConnection']>().returns.toExtend<Promise<KnexConnection>>()
    expectTypeOf<Knex.Client['releaseConnection']>().toBeCallableWith({} as KnexConnection)
    expectTypeOf<Knex.Client['destroyRawConnection']>().toBeFunction()
    expectTypeOf<Knex.Client['validateConnection']>().toBeFunction()
    expectTypeOf<Knex.Client['destroy']>().toBeFunction()
    expectTypeOf<Knex.Client['transaction']>().toBeFunction()
    expectTypeOf<Knex.Client['queryBuilder']>().toBeFunction()
  })
})

describe('comeback()', () => {
  const config = { client: 'mysql2', pool: { max: 3 } } satisfies Knex.Config

  it('gives back the type that it was given, which knex() takes', () => {
    expectTypeOf(comeback(config)).toEqualTypeOf(config)
    expectTypeOf(knex).toBeCallableWith(comeback(config, { retry: { maxAttempts: 2 } }))
  })

  it('keeps the type of an attached instance', () => {
    expectTypeOf<typeof comeback.attach<Knex<{ id: number }>>>().returns.toEqualTypeOf<Knex<{ id: number }>>()
  })

  it('refuses what is no configuration and no policy', () => {
    // @ts-expect-error a URL is not a configuration
    comeback('mysql://127.0.0.1')
    // @ts-expect-error no such option
    comeback(config, { retries: 3 })
  })
})

describe('.comeback()', () => {
  const db = {} as Knex

  it('is a method of the query builder that keeps its type', () => {
    const select = db<{ id: number }>('orders').select('id')
    expectTypeOf(select.comeback({ idempotent: true })).toEqualTypeOf(select)
    expectTypeOf(select.comeback).parameter(0).toEqualTypeOf<Annotation>()
  })

  it('refuses an unknown key', () => {
    // @ts-expect-error no such key
    db('orders').del().comeback({ idempotant: true })
  })
})
