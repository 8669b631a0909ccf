import { type DataSource, EntitySchema } from 'typeorm'

export interface Everything {
  id: number
  code: string
  amount: string
  big: string
  precise: number
  at: Date
  day: string
  time: string
  settings: object
  isOpen: boolean
  bytes: Buffer
  tags: string[]
  state: string
  note: string | null
  visits: number
  createdAt: Date
  updatedAt: Date
  version: number
}

/** A table with a column of every kind that drivers and ORMs disagree about. */
export const Everything: EntitySchema<Everything> = new EntitySchema<Everything>({
  name: 'Everything',
  tableName: 'everything',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    code: { type: 'varchar', length: 20, unique: true },
    amount: { type: 'decimal', precision: 20, scale: 6 },
    big: { type: 'bigint', unsigned: true },
    precise: { type: 'double' },
    at: { type: 'datetime', precision: 6 },
    day: { type: 'date' },
    time: { type: 'time' },
    settings: { type: 'json' },
    isOpen: { type: 'boolean' },
    bytes: { type: 'varbinary', length: 16 },
    tags: { type: 'simple-array' },
    state: { type: 'enum', enum: ['new', 'paid'], default: 'new' },
    note: { type: 'text', nullable: true },
    visits: { type: 'int', default: 0 },
    createdAt: { type: 'datetime', createDate: true },
    updatedAt: { type: 'datetime', updateDate: true },
    version: { type: 'int', version: true },
  },
})

export const everything = (code: string): Omit<Everything, 'id' | 'createdAt' | 'updatedAt' | 'version'> => ({
  code,
  amount: '12345678901234.567890',
  big: '18446744073709551615',
  precise: 0.1,
  at: new Date('2024-02-29T23:59:58.123Z'),
  day: '2024-02-29',
  time: '12:34:56',
  settings: { deep: { list: [1, null, 'ü'] } },
  isOpen: true,
  bytes: Buffer.from([0, 1, 254, 255]),
  tags: ['a', 'b'],
  state: 'paid',
  note: null,
  visits: 1,
})

type Step = readonly [name: string, run: (dataSource: DataSource) => Promise<unknown>]

/** What every application does, one after the other. */
export const steps: readonly Step[] = [
  ['insert one', on => on.manager.insert(Everything, everything('one'))],
  ['insert two', on => on.manager.insert(Everything, [everything('two'), everything('three')])],
  ['save', on => on.manager.save(Everything, { ...everything('four') })],
  ['save a known one', on => on.manager.save(Everything, { id: 1, note: 'changed' } as Everything)],
  ['find', on => on.manager.find(Everything, { order: { id: 'ASC' } })],
  ['find none', on => on.manager.findOneBy(Everything, { code: 'nobody' })],
  ['count', on => on.manager.count(Everything)],
  ['sum', on => on.manager.sum(Everything, 'visits')],
  ['find and count', on => on.manager.findAndCount(Everything, { take: 1, order: { id: 'DESC' } })],
  ['update', on => on.manager.update(Everything, { state: 'paid' }, { visits: 2 })],
  ['update that changes nothing', on => on.manager.update(Everything, { code: 'one' }, { code: 'one' })],
  ['update of nothing', on => on.manager.update(Everything, { code: 'nobody' }, { visits: 9 })],
  ['increment', on => on.manager.increment(Everything, { code: 'one' }, 'visits', 3)],
  ['upsert', on => on.manager.upsert(Everything, { ...everything('one'), visits: 8 }, ['code'])],
  ['raw rows', on => on.query('SELECT id, amount, big, at, day, isOpen, bytes FROM everything ORDER BY id')],
  ['raw values', on => on.query('SELECT ? AS text, ? AS number, ? AS nothing', ['x', 1.5, null])],
  ['raw write', on => on.query('UPDATE everything SET visits = 0 WHERE id > 2')],
  ['raw call without rows', on => on.query('DO 1')],
  [
    'a query builder',
    on => on.createQueryBuilder(Everything, 'e').select('e.code', 'code').orderBy('e.id').getRawMany(),
  ],
  [
    'a stream',
    async on =>
      (
        await on.createQueryBuilder(Everything, 'e').select(['e.id', 'e.at']).orderBy('e.id').stream()
      ).toArray(),
  ],
  [
    'a transaction',
    on =>
      on.transaction(async manager => {
        await manager.insert(Everything, everything('five'))
        return manager.countBy(Everything, { code: 'five' })
      }),
  ],
  [
    'a transaction that fails',
    on =>
      on.transaction(async manager => {
        await manager.insert(Everything, everything('six'))
        throw new Error('out of stock')
      }),
  ],
  [
    'a nested transaction that fails',
    on =>
      on.transaction(async manager => {
        await manager.insert(Everything, everything('seven'))
        const inner = manager.transaction(async nested => {
          await nested.insert(Everything, everything('eight'))
          throw new Error('out of stock')
        })
        return [await inner.catch((error: Error) => error.message), await manager.count(Everything)]
      }),
  ],
  ['a duplicate', on => on.manager.insert(Everything, everything('one'))],
  ['a wrong statement', on => on.query('SELEC 1')],
  ['a wrong table', on => on.query('SELECT * FROM nowhere')],
  ['a wrong column', on => on.manager.query('SELECT nothing FROM everything WHERE id = ?', [1])],
  ['the schema', async on => describeTable(on)],
  ['delete', on => on.manager.delete(Everything, { code: 'two' })],
  ['remove', async on => on.manager.remove(await on.manager.findOneByOrFail(Everything, { code: 'three' }))],
]

async function describeTable(dataSource: DataSource): Promise<unknown> {
  const runner = dataSource.createQueryRunner()
  try {
    const table = await runner.getTable('everything')
    // The server gives them in an order of its own.
    const columns = table?.columns.toSorted((one, other) => one.name.localeCompare(other.name))
    return columns?.map(({ name, type, length, precision, scale, isNullable, default: byDefault }) => ({
      name,
      type,
      length,
      precision,
      scale,
      isNullable,
      byDefault,
    }))
  } finally {
    await runner.release()
  }
}

const told = [
  'name',
  'message',
  'code',
  'errno',
  'sqlState',
  'sqlMessage',
  'query',
  'parameters',
  'fatal',
] as const

/** An error as an application sees it. */
function failure(error: unknown): Record<string, unknown> {
  const fields = error as Record<string, unknown>
  return Object.fromEntries(told.map(name => [name, fields[name]]))
}

/** What the steps give, errors included. */
export async function observe(dataSource: DataSource): Promise<Record<string, unknown>> {
  const results: Record<string, unknown> = {}
  for (const [name, run] of steps) {
    results[name] = await run(dataSource).catch(failure)
  }
  return results
}
