import type { SqlDriverAdapter, SqlQuery } from '@prisma/driver-adapter-utils'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onEachServer, type PrismaBed } from './bed.js'

const COLUMNS = `
  tiny TINYINT, tiny_unsigned TINYINT UNSIGNED, flag BOOLEAN, small SMALLINT, medium MEDIUMINT, whole INT, whole_unsigned INT UNSIGNED,
  big BIGINT, big_unsigned BIGINT UNSIGNED, number_year YEAR, single FLOAT, twofold DOUBLE, amount DECIMAL(30, 10),
  bits BIT(12), one_bit BIT(1), day DATE, moment DATETIME, moment_ms DATETIME(3), moment_us DATETIME(6), stamp TIMESTAMP(3) NULL, clock TIME, clock_us TIME(6), clock_ms TIME(3),
  fixed CHAR(8), variable VARCHAR(64), long_text LONGTEXT, raw_bytes VARBINARY(16), fixed_bytes BINARY(4), long_bytes LONGBLOB,
  document JSON, choice ENUM('red', 'green'), choices SET('a', 'b', 'c'), place POINT, accents VARCHAR(64) CHARACTER SET latin1`

const ROWS = [
  `(-128, 255, TRUE, -32768, -8388608, -2147483648, 4294967295, -9223372036854775808, 18446744073709551615, 2026, 3.14, 2.718281828459045, '12345678901234567890.0123456789',
    b'101010101010', b'1', '2026-11-21', '2026-11-21 07:08:09', '2026-11-21 07:08:09.120', '2026-11-21 07:08:09.123456', '2026-11-21 07:08:09.001', '-12:34:56', '12:34:56.700000', '01:02:03.5',
    'ab', 'käse 🧀', 'long', x'00ff10', x'01020304', x'deadbeef', '{"a": [1, 2.5, null], "b": "ü"}', 'green', 'a,c', ST_GeomFromText('POINT(1 2)'), 'é')`,
  `(0, 0, FALSE, 0, 0, 0, 0, 0, 0, 1970, 0, -1e300, '0', b'0', b'0', '1000-01-01', '1970-01-01 00:00:00', '1970-01-01 00:00:00.000', '9999-12-31 23:59:59.000000',
    '2000-01-01 00:00:00.000', '838:59:59', '00:00:00.000001', '01:02:03', '', '', '', '', x'00000000', '', '[]', 'red', '', ST_GeomFromText('POINT(0 0)'), '')`,
  `(${Array(34).fill('NULL').join(', ')})`,
]

const query = (sql: string, args: unknown[] = [], argTypes: SqlQuery['argTypes'] = []): SqlQuery => ({
  sql,
  args,
  argTypes,
})

/** The outcome of a call, its failure too, in a form that can be compared. */
async function outcome(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    const { name, message, cause } = error as Error
    return { name, message, cause }
  }
}

type Scalar = SqlQuery['argTypes'][number]['scalarType']
const argument = (scalarType: Scalar, value: unknown, dbType?: string) =>
  ({ value, type: { scalarType, arity: 'scalar', ...(dbType === undefined ? {} : { dbType }) } }) as const

/** What Prisma gives an adapter for values of each kind, and the column that they go to. */
const ARGUMENTS = [
  ['whole', argument('int', 2_147_483_647)],
  ['whole', argument('int', -2_147_483_648)],
  ['big', argument('bigint', '9223372036854775807')],
  ['big_unsigned', argument('bigint', '18446744073709551615')],
  ['big', argument('int', 9_007_199_254_740_991)],
  ['flag', argument('boolean', true)],
  ['single', argument('float', 1.5)],
  ['twofold', argument('float', 0.1)],
  ['amount', argument('decimal', '12345678901234567890.0123456789')],
  ['amount', argument('float', 12.25)],
  ['variable', argument('string', 'O\'Brien \\ " 🧀 ü')],
  ['document', argument('json', '{"a":"\\u00fc \\" \'"}')],
  ['choice', argument('enum', 'green', 'ENUM')],
  ['raw_bytes', argument('bytes', Buffer.from([0, 255, 39, 92]).toString('base64'))],
  ['long_bytes', argument('bytes', new Uint8Array([1, 2, 3]))],
  ['moment_ms', argument('datetime', '2026-11-21T07:08:09.120Z', 'DATETIME')],
  ['moment', argument('datetime', new Date(0), 'DATETIME')],
  ['day', argument('datetime', '2026-11-21T23:59:59.999Z', 'DATE')],
  ['clock', argument('datetime', '1970-01-01T12:34:56.000Z', 'TIME')],
  ['clock_us', argument('datetime', '1970-01-01T12:34:56.700Z', 'TIME')],
  ['stamp', argument('datetime', '2026-11-21T07:08:09.001+02:00', 'TIMESTAMP')],
  ['whole', argument('int', null)],
] as const

/** Statements that the server refuses, or that Prisma knows a code of. */
const REFUSED = [
  "INSERT INTO keyed (id, name) VALUES (1, 'again')",
  "INSERT INTO keyed (id, name) VALUES (2, 'unique')",
  'INSERT INTO owned (keyed_id) VALUES (77)',
  'DELETE FROM keyed WHERE id = 1',
  'INSERT INTO keyed (id, name) VALUES (3, NULL)',
  'INSERT INTO keyed (id) VALUES (4)',
  "INSERT INTO keyed (id, name) VALUES (5, 'far too long for its column')",
  "INSERT INTO keyed (id, name, tiny) VALUES (6, 'six', 999)",
  'SELECT * FROM nowhere',
  'SELECT nothing FROM keyed',
  'SELECT * FROM keyed WHERE MATCH(name) AGAINST (1)',
  'CREATE DATABASE test',
  'USE nowhere',
  'SELECT FROM',
]

function compare(bed: PrismaBed, useTextProtocol: boolean): void {
  let ours: SqlDriverAdapter
  let stock: SqlDriverAdapter

  // Around the proxy, which cuts what it has after each test.
  beforeAll(async () => {
    ours = await bed.adapter({ useTextProtocol, link: bed.direct }).connect()
    stock = await bed.stockAdapter({ useTextProtocol, link: bed.direct }).connect()
  })
  afterAll(async () => {
    await ours.dispose()
    await stock.dispose()
  })

  /** Both adapters' outcomes of one call. */
  const both = async (call: (adapter: SqlDriverAdapter) => Promise<unknown>): Promise<[unknown, unknown]> => [
    await outcome(() => call(ours)),
    await outcome(() => call(stock)),
  ]

  it('says the same of the server', async () => {
    const [one, other] = await both(async adapter => adapter.getConnectionInfo?.())
    expect(one).toEqual(other)
  })

  it('gives the same columns, types and values for every type of the server', async () => {
    const [one, other] = await both(adapter => adapter.queryRaw(query('SELECT * FROM kinds')))
    expect(one).toEqual(other)
    expect((one as { rows: unknown[] }).rows).toHaveLength(ROWS.length)
  })

  for (const sql of [
    'SELECT 1 AS one, 1.5 AS more, 1e3 AS float_number, NULL AS nothing, TRUE AS yes',
    "SELECT 'text' AS text, x'00' AS bytes, CAST('[1]' AS CHAR) AS json_text",
    'SELECT COUNT(*) AS count, SUM(whole) AS sum, AVG(whole) AS average FROM kinds',
    "SELECT JSON_OBJECT('a', 1) AS document",
    'SELECT 1 AS same, 2 AS same',
    'SELECT `place` FROM kinds',
    'SELECT whole FROM kinds WHERE FALSE',
    'SHOW VARIABLES LIKE "autocommit"',
  ]) {
    it(`gives the same for ${sql}`, async () => {
      const [one, other] = await both(adapter => adapter.queryRaw(query(sql)))
      expect(one).toEqual(other)
    })
  }

  it('gives a read the same values each time, however the application has told the driver to cast', async () => {
    const link = { ...bed.direct, typeCast: () => 'cast' }
    const adapter = await bed.adapter({ useTextProtocol, link }).connect()
    try {
      const read = query('SELECT `whole`, `amount`, `moment_us` FROM kinds')
      const expected = await stock.queryRaw(read)
      for (let times = 0; times < 2; times += 1)
        expect((await adapter.queryRaw(read)).rows).toEqual(expected.rows)
    } finally {
      await adapter.dispose()
    }
  })

  it('takes the same arguments in LIMIT and OFFSET', async () => {
    const types = [argument('int', 0).type, argument('int', 0).type]
    const [one, other] = await both(adapter =>
      adapter.queryRaw(query('SELECT whole FROM kinds ORDER BY whole LIMIT ? OFFSET ?', [1, 1], types)),
    )
    expect(one).toEqual(other)
  })

  for (const [column, { value, type }] of ARGUMENTS) {
    const text =
      value instanceof Date || ArrayBuffer.isView(value) ? value.constructor.name : JSON.stringify(value)
    it(`writes ${type.scalarType} ${text} to ${column} as it does`, async () => {
      const [one, other] = await both(async adapter => {
        await adapter.executeRaw(query('DELETE FROM given'))
        const count = await adapter.executeRaw(
          query(`INSERT INTO given (${column}) VALUES (?)`, [value], [type]),
        )
        const rows = await bed.server.admin.query(
          `SELECT HEX(${column}) AS h, CAST(${column} AS CHAR) AS c FROM test.given`,
        )
        return { count, rows }
      })
      expect(one).toEqual(other)
      expect(one).toMatchObject({ count: 1 })
    })
  }

  it('tells the same id and the same count of a write', async () => {
    const [one, other] = await both(async adapter => {
      await adapter.executeRaw(query('TRUNCATE numbered'))
      const inserted = await adapter.queryRaw(query("INSERT INTO numbered (name) VALUES ('a'), ('b')"))
      const updated = await adapter.executeRaw(query("UPDATE numbered SET name = 'a'"))
      const deleted = await adapter.executeRaw(query("DELETE FROM numbered WHERE name = 'none'"))
      return { inserted, updated, deleted, read: await adapter.executeRaw(query('SELECT 1')) }
    })
    expect(one).toEqual(other)
  })

  for (const sql of REFUSED) {
    it(`fails in the same words for ${sql}`, async () => {
      const [one, other] = await both(adapter => adapter.executeRaw(query(sql)))
      expect(one).toEqual(other)
      expect(one).toMatchObject({ name: 'DriverAdapterError' })
    })
  }
}

onEachServer('The adapter of Comeback and Prisma’s own', bed => {
  beforeAll(async () => {
    const { admin } = bed.server
    for (const sql of [
      'USE test',
      `CREATE TABLE test.kinds (${COLUMNS}) CHARACTER SET utf8mb4`,
      `CREATE TABLE test.given (${COLUMNS}) CHARACTER SET utf8mb4`,
      ...ROWS.map(row => `INSERT INTO test.kinds VALUES ${row}`),
      'CREATE TABLE test.numbered (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(8))',
      'CREATE TABLE test.keyed (id INT PRIMARY KEY, name VARCHAR(8) NOT NULL UNIQUE, tiny TINYINT)',
      'CREATE TABLE test.owned (keyed_id INT, FOREIGN KEY (keyed_id) REFERENCES keyed (id))',
      "INSERT INTO test.keyed (id, name) VALUES (1, 'unique')",
      'INSERT INTO test.owned VALUES (1)',
    ]) {
      await admin.query(sql)
    }
  })
  describe('with the text protocol', () => compare(bed, true))
  describe('with prepared statements', () => compare(bed, false))
})
