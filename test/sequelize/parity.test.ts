import type { Policy } from '@comeback/core'
import type { Connection } from 'mysql2'
import { DataTypes, Op, QueryTypes, type Sequelize, Transaction, UniqueConstraintError } from 'sequelize'
import { beforeEach, expect, it, vi } from 'vitest'
import { failureOf } from '../contract/failure.js'
import type { OpenSequelize } from '../contract/stacks/sequelize.js'
import { factsOf, onEachServer, type SequelizeBed } from './bed.js'

// mysql2 reports options that it does not understand.
beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined))

/** What one run of an application saw: its results, what was logged, which hooks ran. */
interface Seen {
  readonly results: unknown
  readonly logged: readonly string[]
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** Runs the same work on an instance, with what it logs; names of transactions are all the same. */
async function watch(
  open: (options: OpenSequelize) => Sequelize,
  options: OpenSequelize,
  work: (sequelize: Sequelize) => Promise<unknown>,
): Promise<Seen> {
  const logged: string[] = []
  const sequelize = open({ logging: sql => void logged.push(sql.replaceAll(uuid, 'some')), ...options })
  await sequelize.query('DROP TABLE IF EXISTS things', { logging: false })
  await sequelize.query('TRUNCATE TABLE facts', { logging: false })
  const results = await work(sequelize)
  await sequelize.close()
  return { results, logged }
}

/** Nothing falls silent here, and what a busy machine is slow at must not pass for it. */
const unwatched: Policy = { watchdog: false }

/** Tells that Sequelize over Comeback does and gives what stock Sequelize does and gives. */
function same(
  bed: SequelizeBed,
  what: string,
  work: (sequelize: Sequelize) => Promise<unknown>,
  options: OpenSequelize = {},
): void {
  it(`${what} the same`, async () => {
    const stock = await watch(given => bed.stock(given), options, work)
    const ours = await watch(given => bed.sequelize(given, unwatched), options, work)
    expect(ours).toEqual(stock)
    expect(stock.results).toBeDefined()
  })
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** What is to be the same of an error. */
async function failure(promise: Promise<unknown>): Promise<unknown> {
  const error = (await failureOf(promise)) as Error & {
    sql?: string
    parent?: Error & { errno?: number; code?: string; sqlState?: string; sql?: string }
  }
  const { parent } = error
  return {
    ...{ class: error.constructor.name, name: error.name, message: error.message, sql: error.sql },
    ...{ errno: parent?.errno, code: parent?.code, state: parent?.sqlState, parent: parent?.message },
    keys: Object.keys(error).sort(),
  }
}

/** Every type whose value passes through a parser of Sequelize's or mysql2's. */
const thingsOf = (sequelize: Sequelize): ReturnType<Sequelize['define']> =>
  sequelize.define(
    'thing',
    {
      id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
      price: DataTypes.DECIMAL(20, 6),
      ratio: DataTypes.DOUBLE,
      big: DataTypes.BIGINT,
      unsigned: DataTypes.BIGINT.UNSIGNED,
      isOpen: DataTypes.BOOLEAN,
      at: DataTypes.DATE(3),
      day: DataTypes.DATEONLY,
      time: DataTypes.TIME,
      kind: DataTypes.ENUM('a', 'b'),
      code: DataTypes.UUID,
      bytes: DataTypes.BLOB,
      place: DataTypes.GEOMETRY('POINT'),
      notes: DataTypes.JSON,
      text: { type: DataTypes.STRING, unique: true },
    },
    { tableName: 'things', timestamps: false, charset: 'utf8mb4' },
  )

const thing = {
  price: '12345678901234.567891',
  ratio: 0.1,
  big: '9007199254740993',
  unsigned: '18446744073709551615',
  isOpen: true,
  at: new Date('2024-02-29T12:34:56.789Z'),
  day: '2024-02-29',
  time: '23:59:58',
  kind: 'b',
  code: '7f1f4a3e-9d6b-4f0e-8f43-1f5d0b6f2b11',
  bytes: Buffer.from([0, 1, 254, 255]),
  place: { type: 'Point', coordinates: [1.5, -2.25] },
  notes: { deep: [1, 'two', null, { ü: '✓' }] },
  text: 'it\'s "quoted" \\ and ✓',
}

onEachServer('without a fault, Sequelize over Comeback and Sequelize as it comes', bed => {
  for (const [title, options] of [
    ['as it is', {}],
    ['in another time zone', { timezone: '+05:30' }],
    ['in a named time zone', { timezone: 'Europe/Berlin' }],
    ['with dateStrings', { dialectOptions: { dateStrings: true } }],
    ['with typeCast false', { dialectOptions: { typeCast: false } }],
    ['with bigNumberStrings', { dialectOptions: { bigNumberStrings: true, decimalNumbers: true } }],
    ['with the zone left alone', { keepDefaultTimezone: true }],
  ] as const) {
    same(
      bed,
      `keep and give every type, ${title},`,
      async sequelize => {
        const things = thingsOf(sequelize)
        await things.sync()
        const made = await things.create(thing)
        await things.bulkCreate([
          { ...thing, text: 'second' },
          { ...thing, text: null, notes: null, at: null },
        ])
        const found = await things.findAll({ order: ['id'], raw: true })
        const rows = await things.findAll({ order: ['id'] })
        return plain([made, found, rows, await sequelize.query('SELECT * FROM things ORDER BY id')])
      },
      { ...options } as OpenSequelize,
    )
  }

  same(bed, 'insert, update, delete, and count what was affected', async sequelize => {
    const facts = factsOf(sequelize)
    const one = await facts.create({ value: 'one' })
    const many = await facts.bulkCreate([{ value: 'two' }, { value: 'three' }, { value: 'three' }])
    const results: unknown[] = [one.id, many.map(({ id }) => id)]
    results.push(await facts.update({ value: 'four' }, { where: { value: 'three' } }))
    results.push(await facts.update({ value: 'four' }, { where: { value: 'four' } }))
    results.push(await facts.update({ value: 'four' }, { where: { value: 'nobody' } }))
    results.push(await facts.upsert({ id: one.id, value: 'five' }), await facts.upsert({ value: 'six' }))
    results.push(await facts.increment('id', { by: 100, where: { value: 'five' } }))
    results.push(
      await facts.findOrCreate({ where: { value: 'seven' } }),
      await facts.findOrCreate({ where: { value: 'seven' } }),
    )
    results.push(await facts.findCreateFind({ where: { value: 'eight' } }))
    results.push(
      await facts.findAndCountAll({ where: { value: { [Op.like]: 'f%' } }, limit: 1, order: ['id'] }),
    )
    results.push(
      await facts.count(),
      await facts.max('id'),
      await facts.sum('id'),
      await facts.aggregate('id', 'avg', { plain: true } as never),
    )
    await one.update({ value: 'again' })
    results.push(
      await facts.destroy({ where: { value: 'four' }, limit: 1 }),
      await facts.destroy({ where: { value: 'four' } }),
    )
    await facts.truncate()
    return plain([...results, await facts.count()])
  })

  same(bed, 'send statements of the application’s own', async sequelize => {
    const insert = "INSERT INTO facts (value) VALUES ('x'), ('y')"
    return plain([
      await sequelize.query(insert),
      await sequelize.query(insert, { type: QueryTypes.INSERT }),
      await sequelize.query("UPDATE facts SET value = 'z' WHERE value = 'x'", { type: QueryTypes.UPDATE }),
      await sequelize.query("UPDATE facts SET value = 'z'", { type: QueryTypes.BULKUPDATE }),
      await sequelize.query('SELECT value FROM facts WHERE id = ?', {
        replacements: [1],
        type: QueryTypes.SELECT,
      }),
      await sequelize.query('SELECT value FROM facts WHERE id = :id', {
        replacements: { id: 1 },
        plain: true,
      }),
      await sequelize.query('SELECT value, id FROM facts WHERE id > $least AND value = $v', {
        bind: { least: 2, v: 'z' },
      }),
      await sequelize.query('SELECT $1 AS a, $2 AS b', { bind: [7, 'x'], type: QueryTypes.SELECT }),
      await sequelize.query({ query: 'SELECT ? AS a', values: [1] }),
      await sequelize.query('SHOW TABLES', { type: QueryTypes.SHOWTABLES }),
      await sequelize.query('DELETE FROM facts LIMIT 1'),
      await sequelize.getQueryInterface().describeTable('facts'),
      await sequelize.getQueryInterface().showIndex('facts'),
      await sequelize.query('SELECT 1', { nest: true, raw: true }),
    ])
  })

  same(bed, 'begin, commit, roll back and nest transactions', async sequelize => {
    const facts = factsOf(sequelize)
    const isolationLevel = Transaction.ISOLATION_LEVELS.SERIALIZABLE
    const unmanaged = await sequelize.transaction({ isolationLevel, readOnly: true })
    const read = await facts.findAll({
      transaction: unmanaged,
      lock: unmanaged.LOCK.UPDATE,
      skipLocked: true,
    })
    await unmanaged.commit()
    const result = await sequelize.transaction(async transaction => {
      await facts.create({ value: 'outer' }, { transaction })
      await sequelize.transaction({ transaction }, async inner =>
        facts.create({ value: 'inner' }, { transaction: inner }),
      )
      return 'done'
    })
    const rolledBack = await failure(
      sequelize.transaction(async transaction => {
        await facts.create({ value: 'never' }, { transaction })
        throw new TypeError('out of stock')
      }),
    )
    const twice = await sequelize.transaction()
    await twice.rollback()
    const messages = [
      (await failureOf(twice.commit())).message,
      (await failureOf(facts.count({ transaction: twice }))).message,
    ]
    return [
      plain(read),
      result,
      rolledBack,
      messages.map(text => text.replaceAll(uuid, 'some')),
      plain(await facts.findAll({ raw: true })),
    ]
  })

  same(bed, 'run every hook as often and in the same order', async sequelize => {
    const order: string[] = []
    const names = [
      ...['beforeConnect', 'afterConnect', 'beforeDisconnect', 'afterDisconnect'],
      ...['beforePoolAcquire', 'afterPoolAcquire', 'beforeQuery', 'afterQuery'],
      ...[
        'beforeCreate',
        'afterCreate',
        'beforeSave',
        'afterSave',
        'beforeFind',
        'afterFind',
        'beforeBulkCreate',
      ],
      ...[
        'beforeUpsert',
        'afterUpsert',
        'beforeBulkUpdate',
        'beforeBulkDestroy',
        'beforeCount',
        'beforeSync',
      ],
    ] as const
    for (const name of names) sequelize.addHook(name as 'beforeQuery', () => void order.push(name))
    const facts = factsOf(sequelize)
    await facts.create({ value: 'a' })
    await facts.bulkCreate([{ value: 'b' }], { individualHooks: true })
    await facts.upsert({ value: 'c' })
    await facts.update({ value: 'd' }, { where: { value: 'a' } })
    await facts.findAll()
    await facts.count()
    await failureOf(sequelize.query('SELECT * FROM nowhere'))
    await sequelize.transaction(async transaction => facts.destroy({ where: {}, transaction }))
    await sequelize.close()
    return order
  })

  it('log and time each statement once, the same', async () => {
    const run = async (sequelize: Sequelize, logging: ReturnType<typeof vi.fn>): Promise<unknown> => {
      await factsOf(sequelize).create({ value: 'a' })
      await sequelize.transaction(transaction => sequelize.query('DO 1', { transaction }))
      return logging.mock.calls.map(([sql, time]) => [String(sql).replaceAll(uuid, 'some'), typeof time])
    }
    const [stock, ours] = [vi.fn(), vi.fn()]
    const options = { benchmark: true, logQueryParameters: true }
    const seen = await run(bed.sequelize({ ...options, logging: ours }, unwatched), ours)
    expect(seen).toEqual(await run(bed.stock({ ...options, logging: stock }), stock))
    expect(ours).toHaveBeenCalledTimes(4)
  })

  same(bed, 'fail', async sequelize => {
    const things = thingsOf(sequelize)
    await things.sync()
    await things.create({ text: 'once' })
    const duplicate = things.create({ text: 'once' })
    await expect(duplicate).rejects.toBeInstanceOf(UniqueConstraintError)
    return [
      await failure(things.create({ text: 'once' })),
      await failure(things.create({ kind: 'c' })),
      await failure(things.create({ text: 'x'.repeat(300) })),
      await failure(sequelize.query('SELECT FROM WHERE')),
      await failure(sequelize.query('SELECT * FROM nowhere WHERE a = $1', { bind: [1] })),
      await failure(sequelize.query('SELECT ? AS a', { replacements: [1], bind: [1] })),
      await failure(factsOf(sequelize).create({ value: null as never })),
    ]
  })

  same(bed, 'change the schema', async sequelize => {
    const things = thingsOf(sequelize)
    await things.sync({ force: true })
    await things.sync({ alter: true })
    const schema = sequelize.getQueryInterface()
    await schema.addColumn('things', 'more', { type: DataTypes.INTEGER, allowNull: false, defaultValue: 7 })
    await schema.addIndex('things', ['more'])
    await schema.renameColumn('things', 'more', 'less')
    const described = await schema.describeTable('things')
    await things.drop()
    return [described, await schema.showAllTables()]
  })

  same(
    bed,
    'send several statements at once where the application asks for it',
    async sequelize => plain(await sequelize.query('SELECT 1 AS a; SELECT 2 AS b; DO 3')),
    { dialectOptions: { multipleStatements: true } },
  )

  same(
    bed,
    'name placeholders where the application asks for it',
    async sequelize => {
      const { connectionManager } = sequelize as unknown as {
        connectionManager: {
          getConnection(): Promise<Connection>
          releaseConnection(connection: Connection): void
        }
      }
      const connection = await connectionManager.getConnection()
      const rows = await new Promise((resolve, reject) => {
        connection.query('SELECT :a AS a, :b AS b, :a AS c', { a: 7, b: 'x' }, (error, found) =>
          error ? reject(error) : resolve(found),
        )
      })
      connectionManager.releaseConnection(connection)
      return plain([rows, await sequelize.query('SELECT $1 AS a, $2 AS b', { bind: [7, 'x'] })])
    },
    { dialectOptions: { namedPlaceholders: true } },
  )

  same(bed, 'show warnings where the application asks for it', async sequelize =>
    plain([await sequelize.query("SELECT 1 + 'x' AS a", { showWarnings: true } as never)]),
  )

  same(
    bed,
    'read the values that an own typeCast gives',
    async sequelize => plain(await sequelize.query('SELECT 1 AS a', { type: QueryTypes.SELECT })),
    { dialectOptions: { typeCast: (field: { type: string }) => `own ${field.type}` } },
  )

  same(
    bed,
    'hold no more connections than the pool may have, and wait their turn',
    async sequelize => {
      const [row] = await Promise.all([
        sequelize.query("SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE USER = 'app'", {
          type: QueryTypes.SELECT,
        }),
        ...Array.from({ length: 12 }, () => sequelize.query('DO SLEEP(0.01)')),
      ])
      return row.length
    },
    { pool: { max: 3, min: 1, idle: 1_000, evict: 500 } },
  )

  it('give up waiting for a connection, the same', async () => {
    const run = async (sequelize: Sequelize): Promise<unknown> => {
      const transaction = await sequelize.transaction()
      const { name, message } = await failureOf(sequelize.query('DO 1'))
      await transaction.rollback()
      return [name, message]
    }
    const options = { pool: { max: 1, acquire: 100 } }
    const ours = await run(bed.sequelize(options, unwatched))
    expect(ours).toEqual(await run(bed.stock(options)))
    expect(ours).toContain('SequelizeConnectionAcquireTimeoutError')
  })

  it('ask for the server’s version over a connection of its own, the same', async () => {
    const run = async (sequelize: Sequelize): Promise<unknown> => {
      bed.proxy.journal.clear()
      await sequelize.query('DO 1')
      const { databaseVersion } = (sequelize as unknown as { options: { databaseVersion: unknown } }).options
      return [databaseVersion, bed.proxy.journal.sent(/VERSION/).length]
    }
    const unknown = { databaseVersion: 0 as never }
    expect(await run(bed.sequelize(unknown, unwatched))).toEqual(await run(bed.stock(unknown)))
  })
})
