import { injectError, silence } from '@comeback/chaos'
import { LostTransactionError } from '@comeback/core'
import { comeback, comebackExtension } from '@comeback/prisma'
import { describe, expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { onEachServer } from './bed.js'
import { type Prisma, PrismaClient } from './generated/client.js'

/** What the server says of the isolation of the transaction that asks; MySQL gives a transaction a number of its own when it writes. */
async function isolationOf(tx: Prisma.TransactionClient, item: string): Promise<string> {
  await tx.order.create({ data: { item } })
  // The server renews what this table shows every 100 ms.
  await new Promise(resolve => setTimeout(resolve, 150))
  const [row] = await tx.$queryRaw<{ level: string }[]>`
    SELECT trx_isolation_level AS level FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id = CONNECTION_ID()`
  return row?.level ?? ''
}

onEachServer('A transaction of Prisma', bed => {
  /** Reading INNODB_TRX is a privilege. */
  const mayLook = (): Promise<unknown> => bed.server.admin.query("GRANT PROCESS ON *.* TO 'app'@'%'")

  describe('that is recovered while it begins', () => {
    for (const [level, name] of [
      ['Serializable', 'SERIALIZABLE'],
      ['ReadCommitted', 'READ COMMITTED'],
      ['ReadUncommitted', 'READ UNCOMMITTED'],
    ] as const) {
      it(`has the isolation level that was asked for: ${level}`, async () => {
        await mayLook()
        const prisma = bed.prisma()
        await prisma.$connect()
        await bed.killSeen()
        const found = await prisma.$transaction(
          async tx => {
            // Once more, between BEGIN and the first statement.
            await bed.killSeen()
            return isolationOf(tx, marker())
          },
          { isolationLevel: level, maxWait: 8_000, timeout: 15_000 },
        )
        expect(found).toBe(name)
        const next = await prisma.$transaction(tx => isolationOf(tx, marker()), { maxWait: 8_000 })
        expect(next).toBe('REPEATABLE READ')
      })
    }
  })

  describe('and Prisma’s own bounds', () => {
    it('maxWait ends the wait for a server that is away, with P2028, and nothing is left open', async () => {
      const prisma = bed.prisma()
      await prisma.$connect()
      await bed.proxy.refuse()
      try {
        bed.proxy.cutAll()
        await bed.allGone()
        const error = await failureOf(prisma.$transaction(tx => tx.fact.count(), { maxWait: 200 }))
        expect(error).toMatchObject({ code: 'P2028' })
      } finally {
        await bed.proxy.accept()
      }
      // What was begun too late is rolled back, and its slot is free.
      expect(await prisma.$transaction(tx => tx.fact.count(), { maxWait: 8_000 })).toBeGreaterThanOrEqual(0)
    })

    it('maxWait that is long enough lets recovery go through', async () => {
      const prisma = bed.prisma()
      await prisma.$connect()
      await bed.proxy.refuse()
      bed.proxy.cutAll()
      await bed.allGone()
      const value = marker()
      const done = prisma.$transaction(tx => tx.fact.createMany({ data: [{ value }] }), { maxWait: 8_000 })
      const accepted = new Promise(resolve => setTimeout(resolve, 150)).then(() => bed.proxy.accept())
      await Promise.all([done, accepted])
      expect(await bed.rows(value)).toBe(1)
    })

    it('timeout ends a transaction that takes too long, with P2028, rolled back and its slot free', async () => {
      const prisma = bed.prisma()
      const item = marker()
      const error = await failureOf(
        prisma.$transaction(
          async tx => {
            await tx.order.create({ data: { item } })
            await new Promise(resolve => setTimeout(resolve, 250))
            await tx.order.count()
          },
          { timeout: 100 },
        ),
      )
      expect(error).toMatchObject({ code: 'P2028' })
      expect(error).not.toBeInstanceOf(LostTransactionError)
      expect(await bed.orders(item)).toBe(0)
      expect(await prisma.order.count({ where: { item } })).toBe(0)
    })

    it('a silent server does not make a transaction hang beyond them', async () => {
      const prisma = bed.prisma()
      const item = marker()
      await prisma.$connect()
      bed.proxy.inject(silence({ direction: 'to-client' }), { match: new RegExp(`INSERT .*${item}`) })
      const error = await failureOf(
        prisma.$transaction(tx => tx.order.create({ data: { item } }), { timeout: 8_000 }),
      )
      expect(error).toBeInstanceOf(LostTransactionError)
      await expect.poll(() => bed.orders(item)).toBe(0)
      expect(await prisma.order.count({ where: { item } })).toBe(0)
    })
  })

  it('in parallel with others on few connections is each its own', async () => {
    const prisma = bed.prisma({ slots: 3 })
    const items = Array.from({ length: 20 }, marker)
    await Promise.all(
      items.map(item =>
        prisma.$transaction(
          async tx => {
            const { id } = await tx.order.create({ data: { item } })
            await Promise.all([
              tx.note.create({ data: { text: 'a', orderId: id } }),
              tx.note.create({ data: { text: 'b', orderId: id } }),
            ])
          },
          { maxWait: 8_000 },
        ),
      ),
    )
    const counts = await Promise.all(items.map(item => bed.orders(item)))
    expect(counts).toEqual(items.map(() => 1))
  })

  for (const command of ['COMMIT', 'ROLLBACK']) {
    it(`whose ${command} the server refuses leaves nothing open to the next one on its connection`, async () => {
      const prisma = bed.prisma()
      const [item, value] = [marker(), marker()]
      bed.proxy.inject(injectError({ errno: 1317, ending: 'keep' }), { match: new RegExp(`^${command}`) })
      const work = prisma.$transaction(async tx => {
        await tx.order.create({ data: { item } })
        if (command === 'ROLLBACK') throw new Error('out of stock')
      })
      const { message } = await failureOf(work)
      expect(message).toMatch(command === 'ROLLBACK' ? /^out of stock$/ : /interrupted/)
      await prisma.fact.createMany({ data: [{ value }] })
      expect(await bed.rows(value)).toBe(1)
      expect(await bed.orders(item)).toBe(0)
    })
  }

  it('that the server does not let begin leaves its isolation level to nobody', async () => {
    await mayLook()
    const prisma = bed.prisma()
    bed.proxy.inject(injectError({ errno: 1317, ending: 'keep' }), { match: /^BEGIN/ })
    await failureOf(prisma.$transaction(tx => tx.order.count(), { isolationLevel: 'Serializable' }))
    expect(await prisma.$transaction(tx => isolationOf(tx, marker()))).toBe('REPEATABLE READ')
  })

  it('that was lost keeps a savepoint’s failure from hiding the loss', async () => {
    const prisma = bed.prisma()
    const item = marker()
    const error = await failureOf(
      prisma.$transaction(async tx => {
        await tx.order.create({ data: { item } })
        await bed.killSeen()
        await tx.$transaction(async nested => nested.order.count())
      }),
    )
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(await bed.orders(item)).toBe(0)
  })
})

onEachServer('A client of Prisma', bed => {
  it('may be a class of the application’s own, as NestJS has it', async () => {
    class PrismaService extends PrismaClient {
      constructor() {
        super({ ...comeback({ adapter: bed.adapter() }), transactionOptions: { maxWait: 8_000 } })
      }

      onModuleInit(): Promise<void> {
        return this.$connect()
      }

      place(item: string): Promise<unknown> {
        return this.$transaction(tx => tx.order.create({ data: { item } }))
      }
    }
    const service = bed.keep(new PrismaService())
    await service.onModuleInit()
    const item = marker()
    await bed.killSeen()
    await service.place(item)
    expect(await bed.orders(item)).toBe(1)
    const extended = service.$extends(comebackExtension())
    expect(await extended.order.count({ where: { item }, comeback: { retry: false } })).toBe(1)
  })

  it('that is disconnected opens again with its next statement', async () => {
    const prisma = bed.prisma()
    await prisma.fact.count()
    await prisma.$disconnect()
    await bed.allGone()
    expect(await prisma.fact.count()).toBeGreaterThanOrEqual(0)
  })

  it('that is disconnected in the middle of an outage ends, and nothing is left unhandled', async () => {
    const prisma = bed.prisma({ slots: 3 })
    await prisma.$connect()
    await bed.proxy.refuse()
    bed.proxy.cutAll()
    await bed.allGone()
    const waiting = Array.from({ length: 5 }, () => prisma.fact.count().catch(() => undefined))
    const transactions = Array.from({ length: 2 }, () =>
      prisma.$transaction(tx => tx.fact.count(), { maxWait: 500 }).catch(() => undefined),
    )
    await new Promise(resolve => setTimeout(resolve, 50))
    await prisma.$disconnect()
    await Promise.all([...waiting, ...transactions])
    await bed.proxy.accept()
  })

  it('that is disconnected while its connections die leaves nothing unhandled', async () => {
    for (let round = 0; round < 5; round += 1) {
      const prisma = bed.prisma({ slots: 3 })
      const work = Array.from({ length: 3 }, () => prisma.fact.count().catch(() => undefined))
      const left = prisma.$disconnect()
      bed.proxy.cutAll('rst')
      await Promise.allSettled([...work, left])
    }
  })

  it('runs a script of several statements where Prisma asks for it', async () => {
    const adapter = await bed.adapter().connect()
    const value = marker()
    try {
      await adapter.executeScript(
        `INSERT INTO facts (value) VALUES ('${value}'); INSERT INTO facts (value) VALUES ('${value}');`,
      )
      expect(await bed.rows(value)).toBe(2)
      await expect(adapter.executeScript('SELECT FROM')).rejects.toMatchObject({ name: expect.any(String) })
    } finally {
      await adapter.dispose()
    }
  })
})
