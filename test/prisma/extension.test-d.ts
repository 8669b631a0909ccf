import { comebackExtension } from '@comeback/prisma'
import { describe, expectTypeOf, it } from 'vitest'
import type { Order, PrismaClient } from './generated/client.js'

const extended = (prisma: PrismaClient) => prisma.$extends(comebackExtension())
declare const prisma: ReturnType<typeof extended>

describe('a client with the extension', () => {
  it('takes an annotation among the arguments of every operation, and gives what Prisma gives', () => {
    expectTypeOf(
      prisma.order.create({ data: { item: 'a' }, comeback: { idempotent: true } }),
    ).resolves.toEqualTypeOf<Order>()
    expectTypeOf(prisma.order.findMany({ comeback: { retry: false } })).resolves.toEqualTypeOf<Order[]>()
    expectTypeOf(
      prisma.order.findUnique({ where: { id: 1 }, select: { item: true }, comeback: {} }),
    ).resolves.toEqualTypeOf<{ item: string } | null>()
    expectTypeOf(prisma.order.count({ comeback: { deadlineMs: 50 } })).resolves.toEqualTypeOf<number>()
    expectTypeOf(prisma.order.updateMany({ data: { state: 'paid' }, comeback: {} })).resolves.toEqualTypeOf<{
      count: number
    }>()
  })

  it('still follows relations', () => {
    const notes = prisma.order.findUnique({ where: { id: 1 } }).notes({ select: { text: true } })
    expectTypeOf(notes).resolves.toEqualTypeOf<{ text: string }[]>()
  })

  it('refuses what is no annotation and no argument', () => {
    // @ts-expect-error no such key
    void prisma.order.count({ comeback: { idempotant: true } })
    // @ts-expect-error not a boolean
    void prisma.order.count({ comeback: { idempotent: 'yes' } })
    // @ts-expect-error no such argument
    void prisma.order.findMany({ whre: {} })
    // @ts-expect-error no such key
    prisma.$comeback({ retries: 3 })
  })

  it('is the same type with an annotation', () => {
    expectTypeOf(prisma.$comeback({ idempotent: true })).toEqualTypeOf(prisma)
  })

  it('runs transactions with replay', () => {
    const one = prisma.$transaction(tx => tx.order.count(), { comeback: { replay: 1 }, maxWait: 5 })
    expectTypeOf(one).resolves.toEqualTypeOf<number>()
    const two = prisma.$transaction([prisma.order.count(), prisma.order.findMany()], {
      comeback: { replay: 1 },
    })
    expectTypeOf(two).resolves.toEqualTypeOf<[number, Order[]]>()
    // @ts-expect-error no such option
    void prisma.$transaction([prisma.order.count()], { comeback: { retry: 1 } })
  })
})
