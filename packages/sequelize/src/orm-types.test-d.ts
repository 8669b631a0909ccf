import {
  type BulkCreateOptions,
  type ConnectionError,
  type CountOptions,
  type CreateOptions,
  type DatabaseError,
  type DestroyOptions,
  type FindOptions,
  type IncrementDecrementOptions,
  type Model,
  type ModelStatic,
  type Options,
  type QueryOptions,
  type SaveOptions,
  Sequelize,
  type Transaction,
  type TransactionOptions,
  type UpdateOptions,
  type UpsertOptions,
} from 'sequelize'
import { describe, expectTypeOf, it } from 'vitest'
import { type Annotation, comeback } from './index.js'
import type { SequelizeErrors, SequelizeInstance, SequelizeRetry, SequelizeTransaction } from './orm-types.js'

describe("Sequelize's own types", () => {
  it('have the methods of an instance that are wrapped', () => {
    expectTypeOf<Sequelize['query']>().toBeFunction()
    expectTypeOf<Sequelize['transaction']>().toBeFunction()
    expectTypeOf<Sequelize['close']>().returns.toEqualTypeOf<Promise<void>>()
  })

  it('have the methods of a transaction that are mended', () => {
    expectTypeOf<Transaction['commit']>().toEqualTypeOf<SequelizeTransaction['commit']>()
    expectTypeOf<Transaction['rollback']>().toEqualTypeOf<SequelizeTransaction['rollback']>()
    expectTypeOf<Transaction['afterCommit']>().parameter(0).toExtend<(transaction: never) => unknown>()
  })

  it('have the classes of errors that are made', () => {
    expectTypeOf<typeof ConnectionError>().toExtend<SequelizeErrors['ConnectionError']>()
    expectTypeOf<typeof DatabaseError>().toBeConstructibleWith(
      Object.assign(new Error('lost'), { sql: 'DO 1' }),
    )
    expectTypeOf<DatabaseError>().toExtend<InstanceType<SequelizeErrors['DatabaseError']>>()
  })

  it('fit the part of the options that is read', () => {
    expectTypeOf<NonNullable<Options['retry']>>().toExtend<SequelizeRetry>()
    expectTypeOf<Options['dialect']>().toExtend<SequelizeInstance['options']['dialect']>()
    expectTypeOf<Options['dialectModulePath']>().toExtend<SequelizeInstance['options']['dialectModulePath']>()
  })
})

describe('comeback()', () => {
  const options = { dialect: 'mysql', pool: { max: 3 } } satisfies Options

  it('gives back the type that it was given, which Sequelize takes, with a URL or without', () => {
    expectTypeOf(comeback(options)).toEqualTypeOf(options)
    expectTypeOf(Sequelize).toBeConstructibleWith(
      comeback({ dialect: 'mysql' }, { retry: { maxAttempts: 2 } }),
    )
    expectTypeOf(Sequelize).toBeConstructibleWith('mysql://127.0.0.1', comeback({ dialect: 'mysql' }))
  })

  it('keeps the type of an attached instance', () => {
    class Shop extends Sequelize {}
    expectTypeOf<typeof comeback.attach<Shop>>().returns.toEqualTypeOf<Shop>()
  })

  it('refuses what is no configuration and no policy', () => {
    // @ts-expect-error a URL is not a configuration
    comeback('mysql://127.0.0.1')
    // @ts-expect-error no such option
    comeback(options, { retries: 3 })
  })
})

describe('comeback among the options', () => {
  type Declared = Annotation | undefined

  it('is known to every method that sends statements', () => {
    expectTypeOf<QueryOptions['comeback']>().toEqualTypeOf<Declared>()
    expectTypeOf<FindOptions['comeback']>().toEqualTypeOf<Declared>()
    expectTypeOf<CountOptions['comeback']>().toEqualTypeOf<Declared>()
    expectTypeOf<CreateOptions['comeback']>().toEqualTypeOf<Declared>()
    expectTypeOf<BulkCreateOptions['comeback']>().toEqualTypeOf<Declared>()
    expectTypeOf<UpdateOptions['comeback']>().toEqualTypeOf<Declared>()
    expectTypeOf<UpsertOptions['comeback']>().toEqualTypeOf<Declared>()
    expectTypeOf<DestroyOptions['comeback']>().toEqualTypeOf<Declared>()
    expectTypeOf<SaveOptions['comeback']>().toEqualTypeOf<Declared>()
    expectTypeOf<IncrementDecrementOptions['comeback']>().toEqualTypeOf<Declared>()
    expectTypeOf<TransactionOptions['comeback']>().toEqualTypeOf<Declared>()
  })

  it('is taken by them, and an unknown key is refused', () => {
    const orders = {} as ModelStatic<Model<{ id: number; item: string }>>
    const sequelize = {} as Sequelize
    const idempotent = { comeback: { idempotent: true } }
    expectTypeOf(orders.create).toBeCallableWith({ id: 1, item: 'book' }, idempotent)
    expectTypeOf(orders.update).toBeCallableWith({ item: 'book' }, { where: { id: 1 }, ...idempotent })
    expectTypeOf(sequelize.query).toBeCallableWith('DO 1', idempotent)
    expectTypeOf(sequelize.transaction).toBeCallableWith(idempotent)
    // @ts-expect-error no such key
    void orders.destroy({ where: { id: 1 }, comeback: { idempotant: true } })
  })
})
