import { cutAfterForward } from '@comeback/chaos'
import { isLostTransaction, isOutcomeUnknown } from '@comeback/core'
import { comeback } from '@comeback/prisma'
import { expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { onEachServer } from './bed.js'
import { Prisma, PrismaClient } from './generated/client.js'

/** One event, and what stock Prisma makes of it. */
interface Shape {
  readonly name: string
  readonly how: 'fin' | 'rst'
  readonly match: (value: string) => RegExp
  readonly run: (prisma: PrismaClient, value: string) => Promise<unknown>
  readonly stock: object
  readonly isKnown: boolean
  readonly isOurs: (error: unknown) => boolean
}

const about = (value: string): RegExp => new RegExp(value)
const raw: Shape['run'] = async (prisma, value) =>
  await prisma.$executeRaw`INSERT INTO facts (value) VALUES (${value})`
const interactive: Shape['run'] = (prisma, value) =>
  prisma.$transaction(tx => tx.fact.createMany({ data: [{ value }] }))

/** The four shapes in which stock Prisma tells of a lost connection. */
const shapes: readonly Shape[] = [
  {
    name: 'an error of Prisma’s with the adapter’s in its `meta`',
    how: 'fin',
    match: about,
    run: raw,
    stock: { code: 'P2010', meta: { driverAdapterError: { cause: { originalCode: '45009' } } } },
    isKnown: true,
    isOurs: isOutcomeUnknown,
  },
  {
    name: 'an error of Prisma’s with the system’s code',
    how: 'rst',
    match: about,
    run: raw,
    stock: { code: 'ECONNRESET' },
    isKnown: true,
    isOurs: isOutcomeUnknown,
  },
  {
    name: 'the adapter’s error',
    how: 'fin',
    match: () => /^COMMIT/,
    run: interactive,
    stock: { name: 'DriverAdapterError' },
    isKnown: false,
    isOurs: isLostTransaction,
  },
  {
    name: 'the connector’s error',
    how: 'rst',
    match: () => /^COMMIT/,
    run: interactive,
    stock: { code: 'ECONNRESET', syscall: 'read' },
    isKnown: false,
    isOurs: isLostTransaction,
  },
]

onEachServer('A loss', bed => {
  for (const { name, how, match, run, stock, isKnown, isOurs } of shapes) {
    const failing = async (prisma: PrismaClient): Promise<Error> => {
      const value = marker()
      await prisma.$connect()
      bed.proxy.inject(cutAfterForward({ how }), { match: match(value) })
      return await failureOf(run(prisma, value))
    }

    it(`that stock Prisma tells as ${name} is told as one of Comeback and of Prisma`, async () => {
      const bare = await failing(bed.stock())
      expect(bare).toMatchObject(stock)
      expect(bare instanceof Prisma.PrismaClientKnownRequestError).toBe(isKnown)
      expect(isOurs(bare)).toBe(false)
      for (const prisma of [
        bed.prisma(),
        bed.keep(new PrismaClient(comeback({ adapter: bed.stockAdapter() }))),
      ]) {
        const error = await failing(prisma)
        expect(isOurs(error)).toBe(true)
        expect(error).toBeInstanceOf(Prisma.PrismaClientKnownRequestError)
        expect(error).toMatchObject({ code: 'P1017' })
      }
    })
  }

  it('of a batch’s ROLLBACK does not hide why the batch failed', async () => {
    for (const prisma of [
      bed.prisma(),
      bed.keep(new PrismaClient(comeback({ adapter: bed.stockAdapter() }))),
    ]) {
      const item = marker()
      await prisma.$connect()
      bed.proxy.inject(cutAfterForward(), { match: /^ROLLBACK/ })
      const twice = [prisma.order.create({ data: { item } }), prisma.order.create({ data: { item } })]
      expect(await failureOf(prisma.$transaction(twice))).toMatchObject({ code: 'P2002' })
      expect(await bed.orders(item)).toBe(0)
    }
  })
})
