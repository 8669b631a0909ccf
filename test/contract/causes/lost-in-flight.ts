import { cut, cutAfterForward, cutInsideAnswer, type Fault, injectError } from '@comeback/chaos'
import { annotate, LostConnectionError, OutcomeUnknownError } from '@comeback/core'
import { describe, expect, it } from 'vitest'
import type { ContractBed } from '../bed.js'
import { marker } from '../bed.js'
import { failureOf } from '../failure.js'
import { preparedWrite, rowsOf, warm } from '../operations.js'

const faults: readonly { name: string; fault: Fault; executed: number }[] = [
  { name: 'before it reached the server', fault: cut(), executed: 0 },
  { name: 'after it was executed', fault: cutAfterForward(), executed: 1 },
  { name: 'after it was executed, by a reset', fault: cutAfterForward({ how: 'rst' }), executed: 1 },
  { name: 'in the middle of the answer', fault: cutInsideAnswer({ afterBytes: 3 }), executed: 1 },
]

/** What only stacks can be told that prepare statements on the server. */
function preparedInFlight(bed: ContractBed): void {
  for (const { name, fault, executed } of faults) {
    it(`a prepared write that was lost ${name} is reported as unknown, and not sent again`, async () => {
      const client = await bed.open()
      await warm(client)
      const value = marker()
      bed.proxy.inject(fault, { kind: 'execute' })
      expect(await failureOf(preparedWrite.run(client, value))).toBeInstanceOf(OutcomeUnknownError)
      expect(await bed.rows(value)).toBe(executed)
    })
  }

  it('a prepared write that was lost while it was being prepared goes through: it can not have run', async () => {
    const client = await bed.open()
    await warm(client)
    const value = marker()
    bed.proxy.inject(cutAfterForward(), { kind: 'prepare' })
    await preparedWrite.run(client, value)
    expect(await bed.rows(value)).toBe(1)
  })

  it('a prepared write goes through that a server about to stop has refused to prepare (21)', async () => {
    const client = await bed.open()
    await warm(client)
    const value = marker()
    bed.proxy.inject(injectError({ errno: 1053 }), { kind: 'prepare' })
    await preparedWrite.run(client, value)
    expect(await bed.rows(value)).toBe(1)
  })
}

/** What only stacks can be told that give rows one by one. */
function lostStreams(bed: ContractBed): void {
  it('a stream that was lost after its first rows ends with a typed error and frees its slot', async () => {
    const client = await bed.open({ slots: 1 })
    await warm(client)
    const value = marker()
    bed.proxy.inject(cutInsideAnswer({ afterRows: 50 }), { match: new RegExp(value) })
    const rows: unknown[] = []
    const sql = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 900) SELECT n, '${value}' AS value FROM numbers`
    const error = await failureOf(
      (async () => {
        for await (const row of rowsOf(client, sql)) rows.push(row)
      })(),
    )
    expect(error).toBeInstanceOf(LostConnectionError)
    expect(rows.length).toBeLessThan(900)
    expect(bed.sent(value)).toBe(1)
    await expect(client.read(value)).resolves.toEqual([])
  })

  it('a stream that was lost before its first row starts over', async () => {
    const client = await bed.open({ slots: 1 })
    await warm(client)
    const value = marker()
    bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
    const rows: unknown[] = []
    for await (const row of rowsOf(client, `SELECT '${value}' AS value`)) rows.push(row)
    expect(rows).toEqual([{ value }])
  })
}

/** Causes 2, 23: the link died under a statement. Reads are repeated; of a write nobody knows, and nobody repeats it. */
export function lostInFlight(bed: ContractBed): void {
  if (bed.stack.prepares) preparedInFlight(bed)
  if (bed.stack.streams !== false) lostStreams(bed)

  for (const { name, fault, executed } of faults) {
    describe(`a statement that was lost ${name}`, () => {
      it('is read again if it is a read', async () => {
        const client = await bed.open()
        const value = marker()
        await client.write(value)
        bed.proxy.inject(fault, { match: new RegExp(`SELECT .*${value}`, 'i') })
        expect(await client.read(value)).toHaveLength(1)
        expect(bed.proxy.journal.answeredTimes(new RegExp(`SELECT .*${value}`, 'i'))).toBe(1)
      })

      it('is reported as unknown if it is a write, and not sent again (23)', async () => {
        const client = await bed.open()
        await warm(client)
        const value = marker()
        bed.proxy.inject(fault, { match: new RegExp(value) })
        const error = await failureOf(client.write(value))
        expect(error).toBeInstanceOf(OutcomeUnknownError)
        expect(error).toMatchObject({ executed: 'unknown', attempts: 1, errno: 2013 })
        expect(await bed.rows(value)).toBe(executed)
        expect(bed.sent(value)).toBe(executed)
        await expect(client.read(value)).resolves.toHaveLength(executed)
      })

      it('is sent again if it is a write that was declared idempotent', async () => {
        const client = await bed.open()
        await warm(client)
        const [chain, scope] = [marker(), marker()]
        bed.proxy.inject(fault, { match: new RegExp(`${chain}\\b`) })
        await client.idempotentWrite(chain)
        bed.proxy.inject(fault, { match: new RegExp(`${scope}\\b`) })
        await annotate({ idempotent: true }, () => client.write(scope))
        expect(await bed.rows(chain)).toBe(executed + 1)
        expect(await bed.rows(scope)).toBe(executed + 1)
      })
    })
  }

  it('a lost write is asked after by the caller’s own look, and never repeated when it took effect', async () => {
    const client = await bed.open({ slots: 2 })
    await warm(client)
    const value = marker()
    const verify = async (): Promise<boolean> => (await bed.rows(value)) > 0
    bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
    await annotate({ verify }, () => client.write(value))
    expect(await bed.rows(value)).toBe(1)
  })

  it('a lost write is sent again when the caller’s own look says that it did not take effect', async () => {
    const client = await bed.open({ slots: 2 })
    await warm(client)
    const value = marker()
    const verify = async (): Promise<boolean> => (await bed.rows(value)) > 0
    bed.proxy.inject(cut(), { match: new RegExp(value) })
    await annotate({ verify }, () => client.write(value))
    expect(await bed.rows(value)).toBe(1)
  })

  it('a read that may not be repeated fails with a typed error', async () => {
    const client = await bed.open()
    await warm(client)
    const value = marker()
    bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
    const error = await failureOf(annotate({ retry: false }, () => client.read(value)))
    expect(error).toBeInstanceOf(LostConnectionError)
    expect(bed.sent(value)).toBe(1)
  })
}
