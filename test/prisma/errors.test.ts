import { cut, cutAfterForward, injectError } from '@comeback/chaos'
import {
  DatabaseUnavailableError,
  findComebackError,
  isDatabaseUnavailable,
  isLostConnection,
  isLostTransaction,
  isOutcomeUnknown,
  LostConnectionError,
  LostTransactionError,
  OutcomeUnknownError,
} from '@comeback/core'
import { annotate } from '@comeback/prisma'
import { describe, expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { onEachServer, type PrismaBed } from './bed.js'
import { Prisma, PrismaClient } from './generated/client.js'

const open = (bed: PrismaBed) => bed.prisma({ client: { transactionOptions: { maxWait: 8_000 } } })

const short = { outage: { maxWaitMs: 300, connectTimeoutMs: 200 }, retry: { deadlineMs: 300 } }

onEachServer('An error', bed => {
  /** What Prisma itself makes of a loss, by the way on which it goes through Prisma. */
  const shapes: readonly {
    name: string
    run: (prisma: ReturnType<typeof open>, item: string) => Promise<unknown>
    match: (item: string) => RegExp
  }[] = [
    {
      name: 'of a model operation',
      run: async (prisma, value) => await prisma.fact.createMany({ data: [{ value }] }),
      match: item => new RegExp(item),
    },
    {
      name: 'of a raw query',
      run: async (prisma, value) => await prisma.$executeRaw`INSERT INTO facts (value) VALUES (${value})`,
      match: item => new RegExp(item),
    },
  ]

  for (const { name, run, match } of shapes) {
    it(`${name} is of both classes, with Prisma's code and all that is known`, async () => {
      const prisma = open(bed)
      const item = marker()
      await prisma.$connect()
      bed.proxy.inject(cutAfterForward(), { match: match(item) })
      const error = await failureOf(run(prisma, item))
      expect(error).toBeInstanceOf(OutcomeUnknownError)
      expect(error).toBeInstanceOf(Prisma.PrismaClientKnownRequestError)
      expect(error).toMatchObject({
        name: 'PrismaClientKnownRequestError',
        code: 'P1017',
        clientVersion: Prisma.prismaVersion.client,
        executed: 'unknown',
        errno: 2013,
        symbol: 'CR_SERVER_LOST',
        attempts: 1,
        meta: { driverAdapterError: { name: 'DriverAdapterError', cause: { kind: 'ConnectionClosed' } } },
      })
      expect(error.message).not.toContain(item)
      expect(isOutcomeUnknown(error)).toBe(true)
      expect(isLostConnection(error)).toBe(false)
      // The whole of it is underneath, with the driver's code.
      expect(findComebackError(error)).toMatchObject({
        name: 'OutcomeUnknownError',
        code: expect.any(String),
      })
    })
  }

  const transactions: readonly {
    name: string
    run: (prisma: ReturnType<typeof open>, item: string) => Promise<unknown>
  }[] = [
    {
      name: 'of a single create',
      run: async (prisma, item) => await prisma.order.create({ data: { item } }),
    },
    {
      name: 'of a nested create',
      run: async (prisma, item) =>
        await prisma.order.create({ data: { item, notes: { create: { text: 'gift' } } } }),
    },
    {
      name: 'of a batch',
      run: (prisma, item) =>
        prisma.$transaction([prisma.order.count(), prisma.order.create({ data: { item } })]),
    },
    {
      name: 'of an interactive transaction',
      run: (prisma, item) => prisma.$transaction(tx => tx.order.create({ data: { item } })),
    },
  ]

  for (const { name, run } of transactions) {
    describe(name, () => {
      it('whose statement was lost says that it is rolled back, with the code for those who run it again', async () => {
        const prisma = open(bed)
        const item = marker()
        await prisma.$connect()
        bed.proxy.inject(cutAfterForward(), { match: new RegExp(`INSERT .*${item}`) })
        const error = await failureOf(run(prisma, item))
        expect(error).toBeInstanceOf(LostTransactionError)
        expect(error).toBeInstanceOf(Prisma.PrismaClientKnownRequestError)
        expect(error).toMatchObject({ outcome: 'rolled-back', phase: 'statement', code: 'P2034' })
        expect(isLostTransaction(error)).toBe(true)
        expect(await bed.orders(item)).toBe(0)
      })

      it('whose COMMIT was lost says that its outcome is not known', async () => {
        const prisma = open(bed)
        const item = marker()
        await prisma.$connect()
        bed.proxy.inject(cutAfterForward(), { match: /^COMMIT/ })
        const error = await failureOf(run(prisma, item))
        expect(error).toBeInstanceOf(LostTransactionError)
        expect(error).toBeInstanceOf(Prisma.PrismaClientKnownRequestError)
        expect(error).toMatchObject({ outcome: 'unknown', phase: 'commit', code: 'P1017' })
        expect(await bed.orders(item)).toBe(1)
      })
    })
  }

  it('in the `error` event of Prisma’s log holds no value', async () => {
    const lines: string[] = []
    const prisma = bed.keep(
      new PrismaClient({ adapter: bed.adapter(), log: [{ emit: 'event', level: 'error' }] }),
    )
    prisma.$on('error', ({ message }) => lines.push(message))
    const value = marker()
    await prisma.$connect()
    bed.proxy.inject(cut(), { match: new RegExp(value) })
    await failureOf(prisma.$executeRaw`INSERT INTO facts (value) VALUES (${value})`)
    expect(lines).toHaveLength(1)
    expect(lines.join()).not.toContain(value)
  })

  describe('of the server', () => {
    const answers = [
      { errno: 1062, code: 'P2010' },
      { errno: 1213, code: 'P2010' },
      { errno: 1205, code: 'P2010' },
    ]
    for (const { errno, code } of answers) {
      it(`${errno} is Prisma's ${code} of a raw query`, async () => {
        const prisma = open(bed)
        const value = marker()
        bed.proxy.inject(injectError({ errno, ending: 'keep' }), { match: new RegExp(value) })
        const error = await failureOf(prisma.$executeRaw`INSERT INTO facts (value) VALUES (${value})`)
        expect(error).toMatchObject({
          code,
          meta: { driverAdapterError: { cause: { originalCode: `${errno}` } } },
        })
        expect(findComebackError(error)).toBeUndefined()
      })
    }

    it('is Prisma’s P2002 for a duplicate and P2034 for a deadlock', async () => {
      const prisma = open(bed)
      const item = marker()
      await prisma.order.create({ data: { item } })
      expect(await failureOf(prisma.order.create({ data: { item } }))).toMatchObject({
        code: 'P2002',
        meta: { modelName: 'Order' },
      })
      const other = marker()
      bed.proxy.inject(injectError({ errno: 1213, ending: 'keep' }), {
        match: new RegExp(`INSERT .*${other}`),
      })
      const conflict = await failureOf(prisma.order.create({ data: { item: other } }))
      expect(conflict).toMatchObject({ code: 'P2034' })
      expect(findComebackError(conflict)).toBeUndefined()
    })
  })

  describe('of connecting', () => {
    it('is P1000 for a wrong password, at once, by $connect() and by a query', async () => {
      const connecting = bed.prisma({ link: { password: 'wrong' } })
      expect(await failureOf(connecting.$connect())).toMatchObject({ code: 'P1000' })
      const querying = bed.prisma({ link: { password: 'wrong' } })
      const error = await failureOf(querying.fact.count())
      expect(error).toBeInstanceOf(Prisma.PrismaClientKnownRequestError)
      expect(error).toMatchObject({
        code: 'P1000',
        meta: { driverAdapterError: { cause: { originalCode: '1045' } } },
      })
    })

    it('is none when KILL QUERY stops what the adapter asks first', async () => {
      const killed = bed.proxy.inject(injectError({ errno: 1317, ending: 'keep' }), { match: /VERSION\(\)/ })
      const item = marker()
      await open(bed).$transaction(tx => tx.order.create({ data: { item } }))
      expect(await bed.orders(item)).toBe(1)
      expect(killed.hits).toBe(1)
    })

    it('is P1003 or P1010 for a database that is not there', async () => {
      const prisma = bed.prisma({ link: { database: 'nowhere' } })
      expect((await failureOf(prisma.fact.count())) as Prisma.PrismaClientKnownRequestError).toMatchObject({
        code: expect.stringMatching(/^P1003|P1010$/),
      })
    })

    it('is P1001 when nobody is there, within the time to wait, and the next one tries again', async () => {
      await bed.proxy.refuse()
      const prisma = bed.prisma({ policy: short })
      try {
        const error = await failureOf(prisma.fact.count())
        expect(error).toBeInstanceOf(DatabaseUnavailableError)
        expect(error).toMatchObject({ code: 'P1001', executed: 'no' })
        expect(isDatabaseUnavailable(error)).toBe(true)
        expect(await failureOf(prisma.$connect())).toMatchObject({ code: 'P1001' })
      } finally {
        await bed.proxy.accept()
      }
      expect(await prisma.fact.count()).toBeGreaterThanOrEqual(0)
    })

    it('is P1001 for a client whose server has gone for longer than the time to wait', async () => {
      const prisma = bed.prisma({ policy: short })
      await prisma.$connect()
      await bed.proxy.refuse()
      try {
        bed.proxy.cutAll()
        await bed.allGone()
        expect(await failureOf(prisma.fact.count())).toMatchObject({ code: 'P1001' })
        expect(await failureOf(prisma.$transaction([prisma.fact.count()]))).toMatchObject({ code: 'P1001' })
        expect(await failureOf(prisma.$transaction(tx => tx.fact.count()))).toMatchObject({ code: 'P1001' })
      } finally {
        await bed.proxy.accept()
      }
    })
  })

  it('of a statement that passed its deadline is P1008', async () => {
    const prisma = open(bed)
    const error = await failureOf(
      annotate({ deadlineMs: 100, retry: false }, async () => await prisma.$queryRaw`SELECT SLEEP(5)`),
    )
    expect(error).toBeInstanceOf(LostConnectionError)
    expect(error).toMatchObject({ code: 'P1008', reason: 'deadline' })
  })

  it('of a transaction that passed its deadline is P1008, though it is rolled back', async () => {
    const prisma = open(bed)
    const item = marker()
    const error = await failureOf(
      annotate({ deadlineMs: 500 }, () =>
        prisma.$transaction(async tx => {
          await tx.order.create({ data: { item } })
          await tx.$queryRaw`SELECT SLEEP(5)`
        }),
      ),
    )
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(error).toMatchObject({ code: 'P1008', outcome: 'rolled-back', reason: 'deadline' })
    await expect.poll(() => bed.orders(item)).toBe(0)
  })
})
