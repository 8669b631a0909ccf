import { cutAfterForward } from '@comeback/chaos'
import { annotate, ComebackConfigError, OutcomeUnknownError } from '@comeback/core'
import { comeback } from '@comeback/prisma'
import { describe, expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { lostInFlight } from '../contract/causes/lost-in-flight.js'
import { transactionLoss } from '../contract/causes/transaction-loss.js'
import { failureOf } from '../contract/failure.js'
import { operationsOf, warm } from '../contract/operations.js'
import { wrappedPrismaStack } from '../contract/stacks/prisma.js'
import { onEachServer } from './bed.js'
import { PrismaClient } from './generated/client.js'

onEachServer(
  'Prisma’s own adapter under Comeback',
  bed => {
    // What the contract promises beyond this (silence, deadlines, fast refusals) needs connections of our own.
    for (const cause of [lostInFlight, transactionLoss]) cause(bed)

    for (const operation of operationsOf(wrappedPrismaStack)) {
      it(`a connection that died unseen does not keep ${operation.name} from going through, once`, async () => {
        const client = await bed.open({ config: bed.direct })
        await warm(client)
        const value = marker()
        bed.killUnseen()
        await operation.run(client, value)
        expect(await bed.rows(value)).toBe(operation.rows)
      })
    }

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
  wrappedPrismaStack,
)
