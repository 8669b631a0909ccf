import { cut, cutAfterForward } from '@comeback/chaos'
import { LostTransactionError, OutcomeUnknownError } from '@comeback/typeorm'
import type { DataSource, EntityManager } from 'typeorm'
import { expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { type MysqlOptions, type OpenTypeorm, onEachServer, type TypeormBed } from './bed.js'
import { Note, Order } from './shop.js'

const open = (bed: TypeormBed, given: OpenTypeorm = {}): Promise<DataSource> =>
  bed.typeorm({ ...given, options: { entities: [Order, Note], synchronize: true, ...given.options } })

const ordersOf = async (bed: TypeormBed, item: string): Promise<Record<string, unknown>[]> =>
  bed.server.admin.query('SELECT visits, deletedAt FROM test.orders WHERE item = ?', [item])

interface Work {
  readonly name: string
  /** Orders with this item that are there beforehand. */
  readonly existing?: Partial<Order>
  run(manager: EntityManager, item: string): Promise<unknown>
  /** What there is of it afterwards. */
  readonly leaves: Record<string, unknown>[]
}

const fresh = [{ visits: 0, deletedAt: null }]

/** One autocommit statement each. */
const statements: readonly Work[] = [
  { name: 'insert()', run: (manager, item) => manager.insert(Order, { item }), leaves: fresh },
  {
    name: 'update()',
    existing: {},
    run: (manager, item) => manager.update(Order, { item }, { visits: 5 }),
    leaves: [{ visits: 5, deletedAt: null }],
  },
  {
    name: 'delete()',
    existing: {},
    run: (manager, item) => manager.delete(Order, { item }),
    leaves: [],
  },
  {
    name: 'upsert() of a new row',
    run: (manager, item) => manager.upsert(Order, { item, visits: 2 }, ['item']),
    leaves: [{ visits: 2, deletedAt: null }],
  },
  {
    name: 'upsert() of a known row',
    existing: { visits: 1 },
    run: (manager, item) => manager.upsert(Order, { item, visits: 2 }, ['item']),
    leaves: [{ visits: 2, deletedAt: null }],
  },
  {
    name: 'softDelete()',
    existing: {},
    run: (manager, item) => manager.softDelete(Order, { item }),
    leaves: [{ visits: 0, deletedAt: expect.any(Date) }],
  },
  {
    name: 'restore()',
    existing: { deletedAt: new Date() },
    run: (manager, item) => manager.restore(Order, { item }),
    leaves: fresh,
  },
  {
    name: 'increment()',
    existing: { visits: 3 },
    run: (manager, item) => manager.increment(Order, { item }, 'visits', 1),
    leaves: [{ visits: 4, deletedAt: null }],
  },
  {
    name: 'decrement()',
    existing: { visits: 3 },
    run: (manager, item) => manager.decrement(Order, { item }, 'visits', 1),
    leaves: [{ visits: 2, deletedAt: null }],
  },
]

const cascade = (manager: EntityManager, item: string): Promise<unknown> =>
  manager.save(Order, { item, notes: [{ text: `${item} gift` }, { text: `${item} fragile` }] })

onEachServer('a statement of a repository', bed => {
  const prepared = async (
    { existing }: Work,
    options: Partial<MysqlOptions> = {},
  ): Promise<readonly [EntityManager, string]> => {
    const { manager } = await open(bed, { options })
    const item = marker()
    if (existing !== undefined) await manager.insert(Order, { item, ...existing })
    return [manager, item]
  }

  for (const work of statements) {
    const { name, run, leaves } = work

    it(`goes through, once, on a connection that died unseen: ${name}`, async () => {
      const [manager, item] = await prepared(work, bed.direct)
      bed.killUnseen()
      await run(manager, item)
      expect(await ordersOf(bed, item)).toEqual(leaves)
    })

    it(`is unknown, and not sent again, when its answer is lost: ${name}`, async () => {
      const [manager, item] = await prepared(work)
      const sent = (): number => bed.proxy.journal.sentTimes(/^(?:INSERT|UPDATE|DELETE)/i)
      const before = sent()
      bed.proxy.inject(cutAfterForward(), { match: new RegExp(item) })
      expect(await failureOf(run(manager, item))).toBeInstanceOf(OutcomeUnknownError)
      expect(sent() - before).toBe(1)
      expect(await ordersOf(bed, item)).toEqual(leaves)
    })
  }
})

onEachServer('save() with cascades', bed => {
  const notesOf = async (item: string): Promise<number> => {
    const like = `${item} %`
    return (await bed.server.admin.query('SELECT id FROM test.notes WHERE text LIKE ?', [like])).length
  }

  it('goes through, once, on a connection that died unseen', async () => {
    const { manager } = await open(bed, { options: bed.direct })
    const item = marker()
    bed.killUnseen()
    await cascade(manager, item)
    expect(await ordersOf(bed, item)).toEqual(fresh)
    expect(await notesOf(item)).toBe(2)
    expect(await manager.findOne(Order, { where: { item }, relations: { notes: true } })).toMatchObject({
      notes: [{ text: `${item} gift` }, { text: `${item} fragile` }],
    })
  })

  for (const [name, fault] of [
    ['before it reached the server', cut()],
    ['after it was executed', cutAfterForward()],
  ] as const) {
    it(`leaves nothing when its second statement is lost ${name}`, async () => {
      const { manager } = await open(bed)
      const item = marker()
      bed.proxy.inject(fault, { match: new RegExp(`INTO .notes.*${item}`) })
      const error = await failureOf(cascade(manager, item))
      expect(error).toBeInstanceOf(LostTransactionError)
      expect(error).toMatchObject({ outcome: 'rolled-back' })
      expect(await ordersOf(bed, item)).toEqual([])
      expect(await notesOf(item)).toBe(0)
      await cascade(manager, item)
      expect(await notesOf(item)).toBe(2)
    })
  }
})

onEachServer('an isolation level', bed => {
  const levels = ['READ UNCOMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const
  const begins = /^START TRANSACTION/i

  /** What the server says of the transaction of a connection. */
  const levelOf = async (manager: EntityManager): Promise<unknown> => {
    await manager.find(Order)
    const [{ id }] = (await manager.query('SELECT CONNECTION_ID() AS id')) as [{ id: number }]
    for (;;) {
      const [row] = await bed.server.admin.query<{ level: string }>(
        'SELECT trx_isolation_level AS level FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = ?',
        [id],
      )
      if (row !== undefined) return row.level
      // The server looks anew only when nobody has asked for a tenth of a second.
      await new Promise(resolve => setTimeout(resolve, 120))
    }
  }

  for (const level of levels) {
    it(`is ${level} in a transaction whose BEGIN was sent twice`, async () => {
      const dataSource = await open(bed)
      bed.proxy.journal.clear()
      bed.proxy.inject(cutAfterForward(), { match: begins })
      expect(await dataSource.transaction(level, levelOf)).toBe(level)
      expect(bed.proxy.journal.sentTimes(begins)).toBe(2)
    })
  }

  it('that all transactions have holds in one that lost its connection right after BEGIN', async () => {
    const dataSource = await open(bed, { options: { isolationLevel: 'SERIALIZABLE' } })
    const level = await dataSource.transaction(async manager => {
      await bed.killSeen()
      return levelOf(manager)
    })
    expect(level).toBe('SERIALIZABLE')
  })

  it('of a transaction that was lost is not left to the next one', async () => {
    const dataSource = await open(bed)
    await failureOf(
      dataSource.transaction('SERIALIZABLE', async manager => {
        await manager.insert(Order, { item: marker() })
        await bed.killSeen()
      }),
    )
    expect(await dataSource.transaction(levelOf)).toBe('REPEATABLE READ')
  })
})

onEachServer('a pessimistic lock', bed => {
  it('that was lost is lost with its transaction, and free for others', async () => {
    const dataSource = await open(bed, { slots: 2 })
    const item = marker()
    await dataSource.manager.insert(Order, { item })
    const lock = { mode: 'pessimistic_write' } as const
    const error = await failureOf(
      dataSource.transaction(async manager => {
        await manager.findOneOrFail(Order, { where: { item }, lock })
        await bed.killSeen()
        await manager.findOneOrFail(Order, { where: { item }, lock })
      }),
    )
    expect(error).toBeInstanceOf(LostTransactionError)
    const found = await dataSource.transaction(manager =>
      manager.findOneOrFail(Order, { where: { item }, lock: { ...lock, onLocked: 'nowait' } }),
    )
    expect(found.item).toBe(item)
  })

  it('whose answer was lost is not taken again: something else may have had it', async () => {
    const dataSource = await open(bed)
    const item = marker()
    bed.proxy.inject(cutAfterForward(), { match: /FOR UPDATE/ })
    const error = await failureOf(
      dataSource.transaction(async manager => {
        await manager.insert(Order, { item })
        await manager.findOneOrFail(Order, { where: { item }, lock: { mode: 'pessimistic_write' } })
      }),
    )
    expect(error).toMatchObject({ outcome: 'rolled-back' })
    expect(bed.proxy.journal.sentTimes(/FOR UPDATE/)).toBe(1)
  })
})

onEachServer('the cache of query results', bed => {
  // TypeORM writes to it over a second connection, while the first one is held.
  const slots = 2

  for (const [name, cache, table] of [
    ['its usual table', true, 'query-result-cache'],
    ['a table of its own', { type: 'database', tableName: 'query_notes' }, 'query_notes'],
  ] as const) {
    it(`does not make a read fail whose note in ${name} is lost`, async () => {
      const { manager } = await open(bed, { slots, options: { cache } })
      const item = marker()
      await manager.insert(Order, { item })
      bed.proxy.inject(cutAfterForward(), { match: new RegExp(`^INSERT INTO .*${table}`) })
      const query = { where: { item }, cache: 60_000 }
      expect(await manager.find(Order, query)).toHaveLength(1)
      const { journal } = bed.proxy
      expect(journal.sentTimes(new RegExp(`^INSERT INTO .*${table}`))).toBe(2)
      const reads = journal.sentTimes(/^SELECT .Order/)
      expect(await manager.find(Order, query)).toHaveLength(1)
      expect(journal.sentTimes(/^SELECT .Order/)).toBe(reads)
    })
  }

  it('leaves writes to other tables unknown', async () => {
    const { manager } = await open(bed, { slots, options: { cache: true } })
    const item = marker()
    bed.proxy.inject(cutAfterForward(), { match: new RegExp(item) })
    expect(await failureOf(manager.insert(Order, { item }))).toBeInstanceOf(OutcomeUnknownError)
  })
})
