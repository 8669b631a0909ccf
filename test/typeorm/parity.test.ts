import { comeback } from '@comeback/typeorm'
import type { TypeCastField } from 'mysql2'
import { DataSource, type QueryRunner } from 'typeorm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { availableServers, type Flavour, type Server, startServer } from '../database/index.js'
import type { MysqlOptions } from './bed.js'
import { Everything, everything, observe } from './everything.js'

const names: Readonly<Record<Flavour, string>> = { mariadb: 'MariaDB', mysql: 'MySQL' }

/** An instant that is written at different times by the two must not tell them apart. */
const moment = 'SET timestamp = 1700000000'

type Options = Partial<MysqlOptions>

const settings: readonly (readonly [name: string, options: Options])[] = [
  ['no options', {}],
  ['supportBigNumbers: false', { supportBigNumbers: false }],
  ['bigNumberStrings: false', { supportBigNumbers: true, bigNumberStrings: false }],
  ['dateStrings: true', { dateStrings: true }],
  ["dateStrings: ['DATE']", { dateStrings: ['DATE'] }],
  ["timezone: 'Z'", { timezone: 'Z' }],
  ['a character set', { charset: 'utf8mb4_unicode_ci' }],
  ['multipleStatements', { multipleStatements: true }],
  ['enableQueryTimeout', { enableQueryTimeout: true, maxQueryExecutionTime: 20_000 }],
  ['an isolation level', { isolationLevel: 'READ COMMITTED' }],
  ['legacySpatialSupport', { legacySpatialSupport: true }],
  ['decimalNumbers', { extra: { decimalNumbers: true } }],
  ['compression', { extra: { compress: true } }],
  [
    'typeCast',
    {
      extra: {
        typeCast: (field: TypeCastField, next: () => unknown) =>
          field.type === 'NEWDECIMAL' ? `exactly ${field.string()}` : next(),
      },
    },
  ],
]

for (const { flavour } of await availableServers()) {
  describe(`without a fault, on ${names[flavour]}`, () => {
    let running: Server | undefined
    const open: DataSource[] = []

    const server = (): Server => {
      if (running === undefined) throw new Error('The server is not started.')
      return running
    }

    beforeAll(async () => {
      running = await startServer({ flavour })
    })

    afterEach(async () => {
      for (const dataSource of open.splice(0)) await dataSource.destroy()
    })

    afterAll(() => server().stop())

    const credentials = (): Options => {
      const { user, ...config } = server().config
      return { ...config, username: user }
    }

    const start = async (isOurs: boolean, given: Options): Promise<DataSource> => {
      const options = { type: flavour, entities: [Everything], poolSize: 1, ...given } as MysqlOptions
      const dataSource = new DataSource(isOurs ? comeback(options) : options)
      open.push(dataSource)
      await dataSource.initialize()
      await dataSource.query(moment)
      return dataSource
    }

    /** What an application sees of a fresh table, with stock TypeORM and with Comeback. */
    const both = async <T>(given: Options, look: (dataSource: DataSource) => Promise<T>): Promise<[T, T]> => {
      const results: T[] = []
      for (const isOurs of [false, true]) {
        await server().admin.query('DROP TABLE IF EXISTS test.everything')
        results.push(await look(await start(isOurs, { ...given, synchronize: true })))
      }
      return results as [T, T]
    }

    for (const [name, options] of settings) {
      it(`everything is as with stock TypeORM, with ${name}`, async () => {
        const [stock, ours] = await both({ ...credentials(), ...options }, observe)
        expect(ours).toEqual(stock)
        expect(stock['count']).toBe(4)
      })
    }

    it('everything is as with stock TypeORM, with a URL', async () => {
      const [stock, ours] = await both({ url: server().url }, observe)
      expect(ours).toEqual(stock)
      expect(stock['count']).toBe(4)
    })

    it('everything is as with stock TypeORM, with a socket file', async () => {
      const { host: _, port: __, ...rest } = credentials()
      const { socketPath } = server()
      const [stock, ours] = await both({ ...rest, ...(socketPath && { socketPath }) }, observe)
      expect(ours).toEqual(stock)
      expect(stock['count']).toBe(4)
    })

    it('everything is as with stock TypeORM, with a replication of one server', async () => {
      const replication = { master: credentials(), slaves: [credentials()] }
      // Its slaves have connections of their own, whose clock is not set: results that hold no time.
      const look = async (on: DataSource): Promise<unknown> => [
        await on.manager.insert(Everything, everything('one')),
        await on.manager.countBy(Everything, { code: 'one' }),
        await on.query('SELECT code, amount FROM everything'),
      ]
      const [stock, ours] = await both({ replication } as Options, look)
      expect(ours).toEqual(stock)
    })

    it('named placeholders and several statements are given to mysql2 as they are', async () => {
      const given = { ...credentials(), multipleStatements: true, extra: { namedPlaceholders: true } }
      const look = async ({ manager }: DataSource): Promise<unknown> => [
        await manager.query('SELECT :a AS a, :b AS b', { a: 1, b: 'two' } as never),
        await manager.query('SELECT 1 AS one; SELECT 2 AS two; DO 3'),
      ]
      const [stock, ours] = await both(given, look)
      expect(ours).toEqual(stock)
      expect(stock).toMatchObject([[{ b: 'two' }], [[{ one: expect.anything() }], [{}], { affectedRows: 0 }]])
    })

    it('a login that is refused fails with the same error', async () => {
      const messages: unknown[] = []
      for (const isOurs of [false, true]) {
        const { message, code } = await start(isOurs, { ...credentials(), password: 'wrong' }).then(
          () => new Error('It was let in.') as NodeJS.ErrnoException,
          (error: NodeJS.ErrnoException) => error,
        )
        messages.push([message, code])
        open.pop()
      }
      expect(messages[1]).toEqual(messages[0])
      expect(messages[0]).toMatchObject([/denied/, 'ER_ACCESS_DENIED_ERROR'])
    })

    it('what is asked after destroy() fails as with stock TypeORM', async () => {
      const messages: string[] = []
      for (const isOurs of [false, true]) {
        const dataSource = await start(isOurs, credentials())
        open.pop()
        await dataSource.destroy()
        messages.push(await dataSource.query('SELECT 1').then(String, String))
        messages.push(await dataSource.destroy().then(String, String))
      }
      expect(messages.slice(2)).toEqual(messages.slice(0, 2))
      expect(messages[0]).toContain('not established')
    })

    it('a data source can be opened again after destroy()', async () => {
      const dataSource = await start(true, credentials())
      await dataSource.destroy()
      await dataSource.initialize()
      expect(await dataSource.query('SELECT 1 AS one')).toHaveLength(1)
    })

    it('two data sources of one configuration end one by one', async () => {
      const options = comeback({ type: flavour, ...credentials() } as MysqlOptions)
      const [first, second] = [new DataSource(options), new DataSource(options)]
      await first.initialize()
      open.push(await second.initialize())
      await first.destroy()
      expect(await second.query('SELECT 1 AS one')).toHaveLength(1)
    })

    it('a query runner is used with `await using`, as with stock TypeORM', async () => {
      const codes: unknown[] = []
      const use = async (runner: QueryRunner): Promise<void> => {
        await runner.startTransaction()
        await runner.query('DO 1')
        await runner[Symbol.asyncDispose]()
        codes.push([runner.isReleased, runner.isTransactionActive])
      }
      for (const isOurs of [false, true]) await use((await start(isOurs, credentials())).createQueryRunner())
      expect(codes).toEqual([
        [true, false],
        [true, false],
      ])
    })

    it('TLS is spoken where the server has it', async () => {
      const secured: unknown[] = []
      for (const isOurs of [false, true]) {
        const ssl = { rejectUnauthorized: false }
        const cipher = await start(isOurs, { ...credentials(), ssl })
          .then(on => on.query("SHOW STATUS LIKE 'Ssl_cipher'"))
          .then(
            rows => (rows as { Value: string }[]).map(({ Value }) => Value !== ''),
            ({ code }: { code: string }) => code,
          )
        secured.push(cipher)
      }
      expect(secured[1]).toEqual(secured[0])
      expect(secured[0]).toEqual(flavour === 'mysql' ? [true] : 'HANDSHAKE_NO_SSL_SUPPORT')
      for (const dataSource of open.splice(0)) await dataSource.destroy().catch(() => undefined)
    })

    if (flavour === 'mysql') {
      it('a user of caching_sha2_password logs in, the first time and again', async () => {
        await server().admin.query(
          "CREATE USER 'sha2'@'%' IDENTIFIED WITH caching_sha2_password BY 'a password'",
        )
        await server().admin.query("GRANT ALL ON test.* TO 'sha2'@'%'")
        const given = { ...credentials(), username: 'sha2', password: 'a password' }
        for (const isOurs of [true, true, false]) {
          const [{ name }] = await (await start(isOurs, given)).query('SELECT CURRENT_USER() AS name')
          expect(name).toBe('sha2@%')
        }
      })
    }
  })
}
