import { cutAfterForward, silence } from '@comeback/chaos'
import { annotate, ComebackConfigError, DatabaseUnavailableError, OutcomeUnknownError } from '@comeback/core'
import { comeback } from '@comeback/prisma'
import { describe, expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { idleLoss } from '../contract/causes/idle-loss.js'
import { lostInFlight } from '../contract/causes/lost-in-flight.js'
import { notALoss } from '../contract/causes/not-a-loss.js'
import { sharing } from '../contract/causes/sharing.js'
import { transactionLoss } from '../contract/causes/transaction-loss.js'
import { failureOf } from '../contract/failure.js'
import { operationsOf, warm } from '../contract/operations.js'
import { boundedPrismaStack } from '../contract/stacks/prisma.js'
import { onEachServer } from './bed.js'
import { PrismaClient } from './generated/client.js'

onEachServer(
  'Prisma’s own adapter under Comeback',
  bed => {
    // What the contract promises beyond this (deadlines, fast refusals) needs connections of our own.
    for (const cause of [idleLoss, lostInFlight, transactionLoss, sharing, notALoss]) cause(bed)

    for (const operation of operationsOf(boundedPrismaStack)) {
      it(`a link that a firewall has forgotten does not keep ${operation.name} from going through, once`, async () => {
        const client = await bed.open()
        await warm(client)
        const forgotten = bed.proxy.inject(silence(), { phase: 'idle', idleMs: 60 })
        await forgotten.whenHit()
        const value = marker()
        await operation.run(client, value)
        expect(await bed.rows(value)).toBe(operation.rows)
      })
    }

    describe('whose connector has bounds', () => {
      it('reads again what is not answered within them', async () => {
        const client = await bed.open()
        const value = marker()
        await client.write(value)
        bed.proxy.inject(silence({ direction: 'to-client' }), { match: new RegExp(`SELECT .*${value}`, 'i') })
        expect(await client.read(value)).toHaveLength(1)
      })

      it('calls a write unknown that is not answered within them, and frees its slot', async () => {
        const client = await bed.open()
        await warm(client)
        const value = marker()
        bed.proxy.inject(silence({ direction: 'to-client' }), { match: new RegExp(value) })
        expect(await failureOf(client.write(value))).toBeInstanceOf(OutcomeUnknownError)
        expect(bed.sent(value)).toBe(1)
        expect(await client.read(value)).toHaveLength(1)
      })

      const short = { outage: { maxWaitMs: 300, connectTimeoutMs: 200 }, retry: { deadlineMs: 300 } }

      it('says within them that nobody is there', async () => {
        await bed.proxy.refuse()
        try {
          const client = await bed.open({ policy: short })
          const error = await failureOf(client.write(marker()))
          expect(error).toBeInstanceOf(DatabaseUnavailableError)
          expect(error).toMatchObject({ code: 'ECONNREFUSED', executed: 'no' })
        } finally {
          await bed.proxy.accept()
        }
      })

      it('says within them that its name is not known, and that nobody greets', async () => {
        const nameless = await bed.open({ policy: short, config: { host: 'database.invalid', port: 3306 } })
        expect((await failureOf(nameless.read(marker()))).message).toMatch(/name/i)
        bed.proxy.freeze()
        const silent = await bed.open({ policy: short })
        expect(await failureOf(silent.read(marker()))).toBeInstanceOf(DatabaseUnavailableError)
      })
    })

    it('is disconnected while a statement hangs whose thread is dead: it is told, and nothing is left unhandled', async () => {
      const prisma = bed.keep(new PrismaClient(comeback({ adapter: bed.stockAdapter() })))
      const value = marker()
      await prisma.$connect()
      const hanging = bed.proxy.inject(silence(), { match: new RegExp(value) })
      const lost = failureOf(prisma.fact.createMany({ data: [{ value }] }))
      await hanging.whenHit()
      await bed.server.admin.killAll()
      // The connector's pool waits for 10 s, and then kills the thread, whose number is unknown by now.
      await prisma.$disconnect()
      expect(await lost).toBeInstanceOf(OutcomeUnknownError)
    })

    describe('what only connections of our own could keep', () => {
      const open = (): PrismaClient =>
        bed.keep(new PrismaClient(comeback({ adapter: bed.stockAdapter({ link: bed.direct }) })))

      it('is refused: a deadline', async () => {
        const prisma = open()
        const error = await failureOf(annotate({ deadlineMs: 50 }, async () => await prisma.fact.count()))
        expect(error).toMatchObject({ option: 'annotation.deadlineMs' })
      })

      it('is refused: a signal', async () => {
        const prisma = open()
        const { signal } = new AbortController()
        const error = await failureOf(annotate({ signal }, async () => await prisma.fact.count()))
        expect(error).toBeInstanceOf(ComebackConfigError)
      })
    })

    it('a write whose verification fails itself is of unknown outcome', async () => {
      const prisma = bed.keep(new PrismaClient(comeback({ adapter: bed.stockAdapter() })))
      const value = marker()
      await prisma.$connect()
      bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
      const verify = (): Promise<boolean> => Promise.reject(new Error('out of order'))
      const call = annotate({ verify }, async () => await prisma.fact.createMany({ data: [{ value }] }))
      expect(await failureOf(call)).toBeInstanceOf(OutcomeUnknownError)
      expect(bed.sent(value)).toBe(1)
    })

    it('a wrong password is told as such, when the pool has given up', async () => {
      const adapter = bed.stockAdapter({ link: { ...bed.direct, password: 'wrong' } })
      const prisma = bed.keep(new PrismaClient(comeback({ adapter }, { retry: { deadlineMs: 1_000 } })))
      expect(await failureOf(prisma.fact.count())).toMatchObject({ code: 'P1000' })
    })
  },
  boundedPrismaStack,
)
