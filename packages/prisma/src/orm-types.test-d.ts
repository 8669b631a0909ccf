import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import type {
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  Transaction,
} from '@prisma/driver-adapter-utils'
import { describe, expectTypeOf, it } from 'vitest'
import { comeback, PrismaComeback } from './index.js'
import type { PrismaAdapter, PrismaAdapterFactory, PrismaQuery, PrismaTransaction } from './orm-types.js'

describe('the slice of Prisma’s driver adapters', () => {
  it('is what Prisma takes', () => {
    expectTypeOf<PrismaAdapterFactory>().toExtend<SqlDriverAdapterFactory>()
    expectTypeOf<PrismaAdapter>().toExtend<SqlDriverAdapter>()
    expectTypeOf<PrismaTransaction>().toExtend<Transaction>()
    expectTypeOf<PrismaComeback>().toExtend<SqlDriverAdapterFactory>()
  })

  it('is what Prisma’s own adapters have', () => {
    expectTypeOf<SqlDriverAdapterFactory>().toExtend<PrismaAdapterFactory>()
    expectTypeOf<SqlDriverAdapter>().toExtend<PrismaAdapter>()
    expectTypeOf<Transaction>().toExtend<PrismaTransaction>()
    expectTypeOf<SqlQuery>().toExtend<PrismaQuery>()
    expectTypeOf<PrismaMariaDb>().toExtend<PrismaAdapterFactory>()
  })
})

describe('comeback()', () => {
  const options = { adapter: new PrismaComeback('mysql://127.0.0.1/shop'), errorFormat: 'minimal' as const }

  it('gives back the type that it was given', () => {
    expectTypeOf(comeback(options)).toEqualTypeOf(options)
    expectTypeOf(comeback).toBeCallableWith({ adapter: new PrismaMariaDb('mariadb://127.0.0.1/shop') })
  })

  it('refuses what is no options and no policy', () => {
    // @ts-expect-error a URL is not a client's options
    comeback('mysql://127.0.0.1')
    // @ts-expect-error no such option
    comeback(options, { retries: 3 })
    // @ts-expect-error no such option
    new PrismaComeback('mysql://127.0.0.1', { retries: 3 })
  })
})
