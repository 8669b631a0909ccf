import type {
  AfterQueryEvent,
  BeforeQueryEvent,
  DataSourceOptions,
  EntitySubscriberInterface,
  QueryRunner,
  TransactionStartEvent,
} from 'typeorm'
import { describe, expectTypeOf, it } from 'vitest'
import { type Annotation, Comeback, comeback } from './index.js'
import type {
  AfterRunnerEvent,
  BeforeRunnerEvent,
  RunnerEvent,
  TypeormConfig,
  TypeormRunner,
} from './orm-types.js'

type MysqlOptions = Extract<DataSourceOptions, { type: 'mysql' | 'mariadb' }>

describe("TypeORM's own types", () => {
  it('fit the part of the options that is read', () => {
    expectTypeOf<MysqlOptions>().toExtend<TypeormConfig>()
  })

  it('have the members of the query runner that are used', () => {
    expectTypeOf<QueryRunner['data']>().toExtend<TypeormRunner['data']>()
    expectTypeOf<QueryRunner['isReleased']>().toEqualTypeOf<boolean>()
    expectTypeOf<QueryRunner['isTransactionActive']>().toEqualTypeOf<boolean>()
    expectTypeOf<QueryRunner['connect']>().toExtend<TypeormRunner['connect']>()
    expectTypeOf<QueryRunner['rollbackTransaction']>().toExtend<TypeormRunner['rollbackTransaction']>()
  })

  it('have the events that are listened to', () => {
    expectTypeOf<EntitySubscriberInterface>().toHaveProperty('beforeQuery')
    expectTypeOf<EntitySubscriberInterface>().toHaveProperty('beforeTransactionStart')
    expectTypeOf<EntitySubscriberInterface>().toHaveProperty('afterTransactionStart')
    expectTypeOf<EntitySubscriberInterface>().toHaveProperty('beforeTransactionCommit')
    expectTypeOf<EntitySubscriberInterface>().toHaveProperty('afterQuery')
    expectTypeOf<Pick<BeforeQueryEvent, 'query'>>().toExtend<Pick<BeforeRunnerEvent, 'query'>>()
    expectTypeOf<Pick<AfterQueryEvent, 'query' | 'success' | 'error'>>().toExtend<
      Pick<AfterRunnerEvent, 'query' | 'success' | 'error'>
    >()
    expectTypeOf<TransactionStartEvent['queryRunner']['data']>().toExtend<
      RunnerEvent['queryRunner']['data']
    >()
  })
})

describe('comeback()', () => {
  const config = { type: 'mysql', poolSize: 3 } satisfies DataSourceOptions

  it('gives back the type that it was given, which DataSource takes', () => {
    expectTypeOf(comeback(config)).toEqualTypeOf(config)
    expectTypeOf(comeback(config, { retry: { maxAttempts: 2 } })).toExtend<DataSourceOptions>()
  })

  it('refuses what is no configuration and no policy', () => {
    // @ts-expect-error a URL is not a configuration
    comeback('mysql://127.0.0.1')
    // @ts-expect-error no such type
    comeback({ type: 'mysql3' })
    // @ts-expect-error no such option
    comeback(config, { retries: 3 })
  })
})

describe('@Comeback', () => {
  it('takes an annotation', () => {
    expectTypeOf(Comeback).parameter(0).toEqualTypeOf<Annotation>()
    // @ts-expect-error no such key
    Comeback({ idempotant: true })
  })

  it('decorates an asynchronous method, and keeps its type', () => {
    class Carts {
      @Comeback({ idempotent: true })
      async seen(id: number): Promise<string> {
        return `${id}`
      }
    }
    expectTypeOf<Carts['seen']>().toEqualTypeOf<(id: number) => Promise<string>>()
  })

  it('refuses a method that is not asynchronous', () => {
    class Carts {
      // @ts-expect-error it returns no promise
      @Comeback({ idempotent: true })
      seen(id: number): string {
        return `${id}`
      }
    }
    expectTypeOf<Carts['seen']>().returns.toBeString()
  })

  it('decorates a method under experimentalDecorators', () => {
    type Method = (id: number) => Promise<string>
    const descriptor: TypedPropertyDescriptor<Method> = {}
    expectTypeOf(Comeback({ retry: false })({}, 'seen', descriptor)).toEqualTypeOf(descriptor)
  })
})
