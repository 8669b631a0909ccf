import { injectError } from '@comeback/chaos'
import { DatabaseUnavailableError, OutcomeUnknownError } from '@comeback/core'
import { describe, expect, it } from 'vitest'
import type { ContractBed } from '../bed.js'
import { marker } from '../bed.js'
import { failureOf } from '../failure.js'
import { operationsOf, warm } from '../operations.js'

/** Causes 4, 10, 11, 15, 20, 21: no link can be opened, for a while or for good. */
export function outage(bed: ContractBed): void {
  describe('a server that is away for a moment (15)', () => {
    for (const operation of operationsOf(bed.stack)) {
      it(`does not keep ${operation.name} from going through, once`, async () => {
        const client = await bed.open()
        await warm(client)
        await bed.server.kill9()
        await bed.allGone()
        const value = marker()
        const done = operation.run(client, value)
        await bed.server.start()
        await done
        expect(await bed.rows(value)).toBe(operation.rows)
        expect(bed.sent(value), bed.proxy.journal.toText()).toBe(operation.statements)
      })
    }

    it('is not stormed: fifty callers on ten slots wait for one probe at a time', async () => {
      const client = await bed.open({ slots: 10 })
      await warm(client, 10)
      await bed.proxy.refuse()
      bed.proxy.cutAll()
      await bed.allGone()
      bed.proxy.journal.clear()
      const values = Array.from({ length: 50 }, marker)
      const done = Promise.all(values.map(value => client.write(value)))
      await new Promise(resolve => setTimeout(resolve, 200))
      await bed.proxy.accept()
      await done
      expect(await Promise.all(values.map(value => bed.rows(value)))).toEqual(values.map(() => 1))
      expect(bed.proxy.journal.connections.length).toBeLessThanOrEqual(10)
    })
  })

  describe('a database that can not be reached', () => {
    const short = { outage: { maxWaitMs: 400, connectTimeoutMs: 200 }, retry: { deadlineMs: 400 } }

    it('is reported within the time to wait when connects are refused (11)', async () => {
      await bed.proxy.refuse()
      try {
        const client = await bed.open({ policy: short })
        const startedAt = performance.now()
        const error = await failureOf(client.write(marker()))
        expect(error).toBeInstanceOf(DatabaseUnavailableError)
        expect(error).toMatchObject({ executed: 'no', code: 'ECONNREFUSED' })
        expect(performance.now() - startedAt).toBeLessThan(3_000)
      } finally {
        await bed.proxy.accept()
      }
    })

    it('is reported within the time to wait when it accepts and never greets (11)', async () => {
      bed.proxy.freeze()
      const client = await bed.open({ policy: short })
      const error = await failureOf(client.read(marker()))
      expect(error).toBeInstanceOf(DatabaseUnavailableError)
    })

    it('is reported to all who wait for a slot, however few the slots are (11)', async () => {
      const client = await bed.open({ policy: short, slots: 2 })
      await warm(client)
      await bed.proxy.refuse()
      bed.proxy.cutAll()
      await bed.allGone()
      try {
        const callers = Array.from({ length: 30 }, () => failureOf(client.read(marker())))
        for (const error of await Promise.all(callers)) expect(error).toBeInstanceOf(DatabaseUnavailableError)
      } finally {
        await bed.proxy.accept()
      }
    })

    it('says so when its name is not known (10)', async () => {
      const client = await bed.open({ policy: short, config: { host: 'database.invalid', port: 3306 } })
      const error = await failureOf(client.read(marker()))
      expect(error).toBeInstanceOf(DatabaseUnavailableError)
      expect(error.message).toMatch(/name/i)
    })
  })

  it('a wrong password is final at once, with the server’s own error (4)', async () => {
    const client = await bed.open({ config: { password: 'wrong' } })
    const error = await failureOf(client.write(marker()))
    expect(error).toMatchObject({ errno: 1045, code: 'ER_ACCESS_DENIED_ERROR' })
    expect(error).not.toBeInstanceOf(DatabaseUnavailableError)
    expect(bed.proxy.journal.connections).toHaveLength(1)
  })

  it('a server with too many connections is waited for, without a pile-up (20)', async () => {
    const client = await bed.open({ slots: 2 })
    bed.proxy.inject(injectError({ errno: 1040 }), { phase: 'connect', times: 2 })
    const value = marker()
    await client.write(value)
    expect(await bed.rows(value)).toBe(1)
    expect(bed.proxy.journal.connections.length).toBeLessThanOrEqual(4)
  })

  describe('a server that is shutting down (21)', () => {
    it('does not keep a read from going through', async () => {
      const client = await bed.open()
      await warm(client)
      const value = marker()
      bed.proxy.inject(injectError({ errno: 1053 }), { match: new RegExp(value) })
      await expect(client.read(value)).resolves.toEqual([])
    })

    it('leaves a write unknown or sends it once, but never twice', async () => {
      const client = await bed.open()
      await warm(client)
      const value = marker()
      bed.proxy.inject(injectError({ errno: 1053 }), { match: new RegExp(value) })
      const error = await client.write(value).then(
        () => undefined,
        (failure: unknown) => failure,
      )
      if (error !== undefined) expect(error).toBeInstanceOf(OutcomeUnknownError)
      expect(await bed.rows(value)).toBe(error === undefined ? 1 : 0)
    })
  })
}
