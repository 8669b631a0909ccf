import { cut, cutAfterForward } from '@comeback/chaos'
import { annotate, currentAnnotation, LostTransactionError, OutcomeUnknownError } from '@comeback/core'
import { comebackExtension } from '@comeback/prisma'
import { describe, expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { onEachServer, type PrismaBed } from './bed.js'
import { Prisma } from './generated/client.js'

const about = (value: string): RegExp => new RegExp(`${value}\\b`)

const opened = (bed: PrismaBed, slots = 1) => {
  const prisma = bed.prisma({ slots, client: { transactionOptions: { maxWait: 8_000, timeout: 15_000 } } })
  return bed.keep(prisma.$extends(comebackExtension()))
}

onEachServer('The extension', bed => {
  describe('an annotation', () => {
    it('among the arguments of an operation lets a lost write be sent again', async () => {
      const prisma = opened(bed)
      const value = marker()
      await prisma.$connect()
      bed.proxy.inject(cutAfterForward(), { match: about(value) })
      await prisma.fact.createMany({ data: [{ value }], comeback: { idempotent: true } })
      expect(await bed.rows(value)).toBe(2)
    })

    it('holds for its own call only', async () => {
      const prisma = opened(bed)
      const value = marker()
      await prisma.fact.count({ comeback: { idempotent: true } })
      bed.proxy.inject(cutAfterForward(), { match: about(value) })
      expect(await failureOf(prisma.fact.createMany({ data: [{ value }] }))).toBeInstanceOf(
        OutcomeUnknownError,
      )
    })

    it('reaches raw queries through $comeback()', async () => {
      const prisma = opened(bed)
      const [template, unsafe] = [marker(), marker()]
      await prisma.$connect()
      bed.proxy.inject(cutAfterForward(), { match: about(template) })
      await prisma.$comeback({ idempotent: true }).$executeRaw`INSERT INTO facts (value) VALUES (${template})`
      bed.proxy.inject(cutAfterForward(), { match: about(unsafe) })
      await prisma
        .$comeback({ idempotent: true })
        .$executeRawUnsafe('INSERT INTO facts (value) VALUES (?)', unsafe)
      expect(await bed.rows(template)).toBe(2)
      expect(await bed.rows(unsafe)).toBe(2)
    })

    it('that is wrong is refused by name', async () => {
      const prisma = opened(bed)
      const error = await failureOf(prisma.fact.count({ comeback: { idempotant: true } as never }))
      expect(error).toMatchObject({
        name: 'ComebackConfigError',
        option: expect.stringContaining('idempotant'),
      })
      expect(() => prisma.$comeback({ retries: 3 } as never)).toThrow(/retries/)
    })

    it('of the operation itself has the last word over that of $comeback()', async () => {
      const prisma = opened(bed)
      const value = marker()
      await prisma.$connect()
      bed.proxy.inject(cutAfterForward(), { match: about(value) })
      const patient = prisma.$comeback({ idempotent: true })
      const call = patient.fact.createMany({ data: [{ value }], comeback: { idempotent: false } })
      expect(await failureOf(call)).toBeInstanceOf(OutcomeUnknownError)
    })

    it('stays on a client of $comeback() that is extended, in its transactions and batches, and goes no further', async () => {
      const prisma = opened(bed)
      const seen: unknown[] = []
      const watched = prisma.$comeback({ deadlineMs: 5_000 }).$extends({
        query: {
          $allOperations: ({ args, query }) => {
            seen.push(currentAnnotation()?.deadlineMs)
            return query(args)
          },
        },
      })
      const value = marker()
      const order = watched.order.findUnique({ where: { id: 0 } }).notes()
      expect(await order).toBeNull()
      await watched.$transaction(tx => tx.fact.count())
      await watched.$transaction([watched.fact.count(), watched.$executeRaw`DO 1`])
      await watched.fact.createMany({ data: [{ value }] }).then(() => seen.push(currentAnnotation()))
      expect(seen).toEqual([5_000, 5_000, 5_000, 5_000, 5_000, undefined])
      expect(await bed.rows(value)).toBe(1)
    })

    it('can be given within a transaction', async () => {
      const prisma = opened(bed)
      const error = await failureOf(
        prisma.$transaction(tx => tx.$comeback({ deadlineMs: 200 }).$queryRaw`SELECT SLEEP(5)`),
      )
      expect(error).toMatchObject({ name: 'PrismaClientKnownRequestError', reason: 'deadline' })
    })

    it('does nothing in a transaction: nothing of it is sent twice', async () => {
      const prisma = opened(bed)
      const value = marker()
      await prisma.$connect()
      bed.proxy.inject(cutAfterForward(), { match: about(value) })
      const error = await failureOf(
        prisma.$transaction(async tx => {
          await tx.fact.count()
          await tx.fact.createMany({ data: [{ value }], comeback: { idempotent: true } })
        }),
      )
      expect(error).toBeInstanceOf(LostTransactionError)
      expect(bed.sent(value)).toBe(1)
      expect(await bed.rows(value)).toBe(0)
    })
  })

  describe('an operation that Prisma wraps in a transaction', () => {
    for (const [name, fault] of [
      ['before it reached the server', cut()],
      ['after it was executed', cutAfterForward()],
    ] as const) {
      it(`is run again when its statement was lost ${name}`, async () => {
        const prisma = opened(bed)
        const item = marker()
        await prisma.$connect()
        bed.proxy.inject(fault, { match: new RegExp(`INSERT .*${item}`) })
        const order = await prisma.order.create({ data: { item, notes: { create: { text: 'gift' } } } })
        expect(order).toMatchObject({ item, state: 'open' })
        expect(await bed.orders(item)).toBe(1)
        expect(await prisma.note.count({ where: { orderId: order.id } })).toBe(1)
      })
    }

    it('is run again when a nested write was lost', async () => {
      const prisma = opened(bed)
      const item = marker()
      await prisma.order.create({ data: { item } })
      bed.proxy.inject(cutAfterForward(), { match: /INSERT INTO .*notes/i })
      const { notes } = await prisma.order.update({
        where: { item },
        data: { state: 'paid', notes: { create: { text: 'gift' } } },
        include: { notes: true },
      })
      expect(notes).toHaveLength(1)
    })

    it('is not run again when its COMMIT was lost', async () => {
      const prisma = opened(bed)
      const item = marker()
      await prisma.$connect()
      bed.proxy.inject(cutAfterForward(), { match: /^COMMIT/i })
      const error = await failureOf(prisma.order.create({ data: { item } }))
      expect(error).toBeInstanceOf(LostTransactionError)
      expect(error).toMatchObject({ outcome: 'unknown', code: 'P1017' })
      expect(await bed.orders(item)).toBe(1)
      expect(bed.sent(item)).toBeGreaterThan(0)
    })

    it('is not run again where that is forbidden', async () => {
      const prisma = opened(bed)
      const item = marker()
      await prisma.$connect()
      bed.proxy.inject(cut(), { match: new RegExp(`INSERT .*${item}`) })
      const call = prisma.order.create({ data: { item }, comeback: { retry: false } })
      expect(await failureOf(call)).toMatchObject({ outcome: 'rolled-back', code: 'P2034' })
      expect(await bed.orders(item)).toBe(0)
    })

    it('is not run again where a scope or $comeback() forbids it', async () => {
      const prisma = opened(bed)
      await prisma.$connect()
      for (const create of [
        (item: string) =>
          annotate({ retry: false }, async () => await prisma.order.create({ data: { item } })),
        (item: string) => prisma.$comeback({ retry: false }).order.create({ data: { item } }),
      ]) {
        const item = marker()
        bed.proxy.inject(cut(), { match: new RegExp(`INSERT .*${item}`) })
        expect(await failureOf(create(item))).toMatchObject({ outcome: 'rolled-back', code: 'P2034' })
        expect(await bed.orders(item)).toBe(0)
      }
    })

    it('is run again no more often than allowed', async () => {
      const prisma = bed.keep(bed.prisma().$extends(comebackExtension({ operations: { replay: 1 } })))
      const item = marker()
      await prisma.$connect()
      const lost = bed.proxy.inject(cut(), { match: new RegExp(`INSERT .*${item}`), times: 3 })
      expect(await failureOf(prisma.order.create({ data: { item } }))).toBeInstanceOf(LostTransactionError)
      expect(lost.hits).toBe(2)
    })

    it('in a transaction of the application is never run again by itself', async () => {
      const prisma = opened(bed)
      const [before, item] = [marker(), marker()]
      bed.proxy.inject(cut(), { match: new RegExp(`INSERT .*${item}`) })
      const error = await failureOf(
        prisma.$transaction(async tx => {
          await tx.order.create({ data: { item: before } })
          await tx.order.create({ data: { item } })
        }),
      )
      expect(error).toMatchObject({ outcome: 'rolled-back' })
      expect(await bed.orders(before)).toBe(0)
      expect(await bed.orders(item)).toBe(0)
    })
  })

  describe('a batch', () => {
    it('that fails for a reason of its own is not broken up', async () => {
      const prisma = opened(bed)
      const item = marker()
      const twice = [prisma.order.create({ data: { item } }), prisma.order.create({ data: { item } })]
      expect(await failureOf(prisma.$transaction(twice))).toMatchObject({ code: 'P2002' })
      expect(await bed.orders(item)).toBe(0)
    })

    it('that was lost is reported as a whole', async () => {
      const prisma = opened(bed)
      const [first, second] = [marker(), marker()]
      bed.proxy.inject(cut(), { match: new RegExp(`INSERT .*${second}`) })
      const batch = [first, second].map(item => prisma.order.create({ data: { item } }))
      const error = await failureOf(prisma.$transaction(batch))
      expect(error).toBeInstanceOf(LostTransactionError)
      expect(error).toBeInstanceOf(Prisma.PrismaClientKnownRequestError)
      expect(error).toMatchObject({ outcome: 'rolled-back', code: 'P2034' })
      expect(await bed.orders(first)).toBe(0)
    })

    it('that was lost is run again as a whole where that is allowed', async () => {
      const prisma = opened(bed)
      const [first, second] = [marker(), marker()]
      bed.proxy.inject(cutAfterForward(), { match: new RegExp(`INSERT .*${second}`) })
      const batch = [first, second].map(item => prisma.order.create({ data: { item } }))
      const [one, other] = await prisma.$transaction(batch, { comeback: { replay: 1 } })
      expect([one?.item, other?.item]).toEqual([first, second])
      expect(await bed.orders(first)).toBe(1)
      expect(await bed.orders(second)).toBe(1)
    })
  })

  describe('a transaction', () => {
    it('that was lost is run again as a whole where that is allowed', async () => {
      const prisma = opened(bed)
      const item = marker()
      let runs = 0
      bed.proxy.inject(cutAfterForward(), { match: /INSERT INTO .*notes/i })
      const notes = await prisma.$transaction(
        async tx => {
          runs += 1
          const { id } = await tx.order.create({ data: { item } })
          await tx.note.create({ data: { text: 'gift', orderId: id } })
          return tx.note.count({ where: { orderId: id } })
        },
        { comeback: { replay: 1 }, isolationLevel: 'Serializable' },
      )
      expect([notes, runs]).toEqual([1, 2])
      expect(await bed.orders(item)).toBe(1)
    })

    it('is not run again when its COMMIT was lost', async () => {
      const prisma = opened(bed)
      const item = marker()
      let runs = 0
      bed.proxy.inject(cutAfterForward(), { match: /^COMMIT/i })
      const error = await failureOf(
        prisma.$transaction(
          async tx => {
            runs += 1
            await tx.order.create({ data: { item } })
          },
          { comeback: { replay: 3 } },
        ),
      )
      expect(error).toMatchObject({ outcome: 'unknown', code: 'P1017' })
      expect(runs).toBe(1)
      expect(await bed.orders(item)).toBe(1)
    })

    it('is not run again for the application’s own error', async () => {
      const prisma = opened(bed)
      let runs = 0
      const error = await failureOf(
        prisma.$transaction(
          async () => {
            runs += 1
            throw new Error('out of stock')
          },
          { comeback: { replay: 3 } },
        ),
      )
      expect([error.message, runs]).toEqual(['out of stock', 1])
    })

    it('has within it what later extensions add', async () => {
      const prisma = bed.keep(
        opened(bed).$extends({
          client: { $greet: () => 'hello' },
          model: { order: { cheap: () => 'cheap' } },
          result: { order: { label: { needs: { item: true }, compute: ({ item }) => `<${item}>` } } },
        }),
      )
      const item = marker()
      const found = await prisma.$transaction(async tx => [
        tx.$greet(),
        tx.order.cheap(),
        (await tx.order.create({ data: { item } })).label,
      ])
      expect(found).toEqual(['hello', 'cheap', `<${item}>`])
    })

    it('within another one is a savepoint', async () => {
      const prisma = opened(bed)
      const [kept, undone] = [marker(), marker()]
      await prisma.$transaction(async tx => {
        await tx.order.create({ data: { item: kept } })
        const inner = tx.$transaction(async nested => {
          await nested.order.create({ data: { item: undone } })
          throw new Error('out of stock')
        })
        expect((await failureOf(inner)).message).toBe('out of stock')
      })
      expect(await bed.orders(kept)).toBe(1)
      expect(await bed.orders(undone)).toBe(0)
      expect(bed.proxy.journal.sentTimes(/^BEGIN/)).toBe(1)
    })

    it('refuses a wrong number of replays by name', async () => {
      const prisma = opened(bed)
      const call = prisma.$transaction(async () => undefined, { comeback: { replay: -1 } })
      expect(await failureOf(call)).toMatchObject({ option: expect.stringContaining('replay') })
    })
  })
})
