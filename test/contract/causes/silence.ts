import { silence } from '@comeback/chaos'
import { annotate, LostTransactionError, OutcomeUnknownError } from '@comeback/core'
import { describe, expect, it } from 'vitest'
import type { ContractBed } from '../bed.js'
import { marker } from '../bed.js'
import { failureOf } from '../failure.js'
import { operationsOf, warm } from '../operations.js'

/** Causes 5, 17: nobody answers and nobody says goodbye. Nothing hangs. */
export function silentLoss(bed: ContractBed): void {
  describe('a link that a firewall has forgotten while it was idle (17)', () => {
    for (const operation of operationsOf(bed.stack)) {
      it(`does not keep ${operation.name} from going through, once`, async () => {
        const client = await bed.open()
        await warm(client)
        const forgotten = bed.proxy.inject(silence(), { phase: 'idle', idleMs: 60 })
        await forgotten.whenHit()
        const value = marker()
        await operation.run(client, value)
        expect(await bed.rows(value)).toBe(operation.rows)
        expect(bed.sent(value), bed.proxy.journal.toText()).toBe(operation.statements)
      })
    }
  })

  describe('a statement whose answer never comes (17)', () => {
    it('is read again when it is a read', async () => {
      const client = await bed.open()
      await warm(client)
      const value = marker()
      await client.write(value)
      bed.proxy.inject(silence({ direction: 'to-client' }), { match: new RegExp(`SELECT .*${value}`, 'i') })
      await expect(client.read(value)).resolves.toHaveLength(1)
    })

    it('is unknown when it is a write, and is not sent again', async () => {
      const client = await bed.open()
      await warm(client)
      const value = marker()
      bed.proxy.inject(silence({ direction: 'to-client' }), { match: new RegExp(value) })
      const error = await failureOf(client.write(value))
      expect(error).toBeInstanceOf(OutcomeUnknownError)
      expect(await bed.rows(value)).toBe(1)
      expect(bed.sent(value)).toBe(1)
      await expect(client.read(value)).resolves.toHaveLength(1)
    })
  })

  describe('a statement that takes longer than its deadline (5)', () => {
    it('frees its slot at once, is killed on the server, and leaves nothing behind', async () => {
      const client = await bed.open({ slots: 1 })
      const [held, late] = [marker(), marker()]
      await client.write(held)
      const blocker = await bed.server.admin.connect()
      try {
        await blocker.query('USE test')
        await blocker.query('BEGIN')
        await blocker.query('SELECT * FROM facts WHERE value = ? FOR UPDATE', [held])
        const sql = `UPDATE facts SET value = '${late}' WHERE value = '${held}'`
        const error = await failureOf(annotate({ deadlineMs: 250 }, () => client.raw(sql)))
        expect(error).toBeInstanceOf(OutcomeUnknownError)
        expect(error).toMatchObject({ reason: 'deadline' })
        // The only slot is free again.
        await expect(client.read(held)).resolves.toHaveLength(1)
        await expect
          .poll(async () => {
            const threads = await bed.server.admin.processlist()
            return threads.filter(({ info }) => info?.includes(late)).length
          })
          .toBe(0)
      } finally {
        await blocker.end()
      }
      expect(await bed.rows(late)).toBe(0)
    })

    it('ends its transaction as rolled back', async () => {
      const client = await bed.open({ slots: 1 })
      const value = marker()
      const error = await failureOf(
        client.transaction(async trx => {
          await trx.write(value)
          await annotate({ deadlineMs: 150 }, () => trx.raw('SELECT SLEEP(20)'))
        }),
      )
      expect(error).toBeInstanceOf(LostTransactionError)
      expect(error).toMatchObject({ outcome: 'rolled-back' })
      await expect.poll(() => bed.rows(value)).toBe(0)
      await client.write(value)
      expect(await bed.rows(value)).toBe(1)
    })
  })
}
