import { injectError } from '@comeback/chaos'
import { ComebackError } from '@comeback/core'
import { expect, it } from 'vitest'
import type { ContractBed } from '../bed.js'
import { marker } from '../bed.js'
import { failureOf } from '../failure.js'
import { warm } from '../operations.js'

/** Causes 3, 18, 26: errors that look like a loss and are none. The link is kept, nothing is repeated. */
export function notALoss(bed: ContractBed): void {
  const stopped = [
    { errno: 1317, name: 'killed with KILL QUERY' },
    { errno: bed.flavour === 'mysql' ? 3024 : 1969, name: 'out of time' },
    { errno: 1205, name: 'waiting too long for a lock' },
    { errno: 1062, name: 'a duplicate' },
    ...(bed.flavour === 'mariadb' ? [{ errno: 4031, name: 'refused with MariaDB’s own 4031 (26)' }] : []),
  ]
  for (const { errno, name } of stopped) {
    it(`a statement that is ${name} fails with the server's error, and its transaction goes on (18)`, async () => {
      const client = await bed.open()
      const [first, second] = [marker(), marker()]
      bed.proxy.inject(injectError({ errno, ending: 'keep' }), { match: new RegExp(`${second}\\b`) })
      await client.transaction(async trx => {
        await trx.write(first)
        const error = await failureOf(trx.write(second))
        expect(error).toMatchObject({ errno })
        expect(error).not.toBeInstanceOf(ComebackError)
        await trx.write(first)
      })
      expect(await bed.rows(first)).toBe(2)
      expect(bed.proxy.journal.connections).toHaveLength(1)
    })
  }

  if (bed.stack.reopens) return
  it('a statement after the application has closed its client fails with the library’s own error (3)', async () => {
    const client = await bed.open()
    await warm(client)
    await client.close()
    const value = marker()
    const error = await failureOf(client.write(value))
    expect(error).not.toBeInstanceOf(ComebackError)
    expect(bed.sent(value)).toBe(0)
  })
}
