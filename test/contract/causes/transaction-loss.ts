import { cut, cutAfterForward } from '@comeback/chaos'
import { findComebackError, LostTransactionError } from '@comeback/core'
import { describe, expect, it } from 'vitest'
import type { ContractBed } from '../bed.js'
import { marker } from '../bed.js'
import { failureOf } from '../failure.js'
import { warm } from '../operations.js'

const begins = /^(?:START TRANSACTION|BEGIN)/i

/** Cause 22: a transaction was under way. It is never continued on another link, and never silently half done. */
export function transactionLoss(bed: ContractBed): void {
  describe('a transaction', () => {
    it('whose BEGIN lost its answer is opened again, and its function runs once', async () => {
      const client = await bed.open()
      await warm(client)
      const value = marker()
      let runs = 0
      bed.proxy.inject(cutAfterForward(), { match: begins })
      await client.transaction(async trx => {
        runs += 1
        await trx.write(value)
      })
      expect(runs).toBe(1)
      expect(await bed.rows(value)).toBe(1)
    })

    it('that lost its link right after BEGIN goes on unnoticed: nothing had been done in it', async () => {
      const client = await bed.open()
      const value = marker()
      await client.transaction(async trx => {
        await bed.killSeen()
        await trx.write(value)
      })
      expect(await bed.rows(value)).toBe(1)
      expect(bed.proxy.journal.sentTimes(begins)).toBe(2)
    })

    it('that lost its link between two statements is rolled back, and says so', async () => {
      const client = await bed.open()
      const value = marker()
      const error = await failureOf(
        client.transaction(async trx => {
          await trx.write(value)
          await bed.killSeen()
          await trx.write(value)
        }),
      )
      expect(error).toBeInstanceOf(LostTransactionError)
      expect(error).toMatchObject({ outcome: 'rolled-back', statements: 1 })
      expect(await bed.rows(value)).toBe(0)
      expect(bed.sent(value)).toBe(1)
      await client.write(value)
      expect(await bed.rows(value)).toBe(1)
    })

    for (const [name, fault] of [
      ['before it reached the server', cut()],
      ['after it was executed', cutAfterForward()],
    ] as const) {
      it(`whose statement was lost ${name} is rolled back, and nothing of it is repeated`, async () => {
        const client = await bed.open()
        const [first, second] = [marker(), marker()]
        bed.proxy.inject(fault, { match: new RegExp(`${second}\\b`) })
        const error = await failureOf(
          client.transaction(async trx => {
            await trx.write(first)
            await trx.write(second)
          }),
        )
        expect(error).toBeInstanceOf(LostTransactionError)
        expect(error).toMatchObject({ outcome: 'rolled-back', phase: 'statement' })
        expect(await bed.rows(first)).toBe(0)
        expect(await bed.rows(second)).toBe(0)
        expect(bed.proxy.journal.sentTimes(/^COMMIT/i)).toBe(0)
      })
    }

    it('that lost its link before COMMIT is rolled back, for certain', async () => {
      const client = await bed.open()
      const value = marker()
      const error = await failureOf(
        client.transaction(async trx => {
          await trx.write(value)
          await bed.killSeen()
        }),
      )
      expect(error).toBeInstanceOf(LostTransactionError)
      expect(error).toMatchObject({ outcome: 'rolled-back' })
      expect(await bed.rows(value)).toBe(0)
      expect(bed.proxy.journal.sentTimes(/^COMMIT/i)).toBe(0)
    })

    for (const [name, fault, rows] of [
      ['before it reached the server', cut(), 0],
      ['after it was executed', cutAfterForward(), 1],
    ] as const) {
      it(`whose COMMIT was lost ${name} is reported as unknown, and not repeated`, async () => {
        const client = await bed.open()
        const value = marker()
        bed.proxy.inject(fault, { match: /^COMMIT/i })
        const error = await failureOf(client.transaction(trx => trx.write(value)))
        expect(error).toBeInstanceOf(LostTransactionError)
        expect(error).toMatchObject({ outcome: 'unknown', phase: 'commit' })
        expect(await bed.rows(value)).toBe(rows)
        expect(bed.sent(value)).toBe(1)
        expect(bed.proxy.journal.sentTimes(/^COMMIT/i)).toBe(rows)
      })
    }

    it('that was lost does not hide the application’s own error', async () => {
      const client = await bed.open()
      const value = marker()
      const error = await failureOf(
        client.transaction(async trx => {
          await trx.write(value)
          await bed.killSeen()
          throw new Error('out of stock')
        }),
      )
      expect(error.message).toBe('out of stock')
      expect(await bed.rows(value)).toBe(0)
    })

    it('that was lost fails every further statement with the same error until it is rolled back', async () => {
      const client = await bed.open()
      const value = marker()
      const trx = await client.begin()
      await trx.write(value)
      await bed.killSeen()
      const first = await failureOf(trx.write(value))
      const second = await failureOf(trx.read(value))
      expect(first).toBeInstanceOf(LostTransactionError)
      // An ORM wraps each time anew; what it wraps is the same.
      expect(findComebackError(second)).toBe(findComebackError(first))
      await trx.rollback()
      expect(await bed.rows(value)).toBe(0)
      await client.write(value)
      expect(await bed.rows(value)).toBe(1)
    })

    it('whose COMMIT is called after it was lost does not resolve', async () => {
      const client = await bed.open()
      const value = marker()
      const trx = await client.begin()
      await trx.write(value)
      await bed.killSeen()
      expect(await failureOf(trx.commit() as Promise<unknown>)).toBeInstanceOf(LostTransactionError)
      expect(await bed.rows(value)).toBe(0)
    })

    it('that was lost on one of ten connections leaves the nine others alone', async () => {
      const client = await bed.open({ slots: 10 })
      const values = Array.from({ length: 10 }, marker)
      const [lost = ''] = values
      bed.proxy.inject(cut(), { match: new RegExp(`${lost}\\b`) })
      const results = await Promise.allSettled(
        values.map(value => client.transaction(trx => trx.write(value))),
      )
      expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1)
      expect(await Promise.all(values.map(value => bed.rows(value)))).toEqual([0, ...Array(9).fill(1)])
    })
  })
}
