import { cut, injectError } from '@comeback/chaos'
import { describe, expect, it } from 'vitest'
import type { ContractBed } from '../bed.js'
import { marker } from '../bed.js'
import { operationsOf, warm } from '../operations.js'

/** Causes 1, 2, 6, 7, 15, 24: the link died while nothing was under way. Everything goes through, writes too. */
export function idleLoss(bed: ContractBed): void {
  const deaths = [
    {
      cause: 'killed by an administrator (2)',
      die: () => bed.killSeen(),
    },
    {
      cause: 'closed by the server for idleness (1, 6)',
      die: async () => {
        // MySQL says 4031 before it closes; MariaDB resets.
        const fault = bed.flavour === 'mysql' ? injectError({ errno: 4031 }) : cut({ how: 'rst' })
        const connections = bed.proxy.journal.openConnections.length
        const struck = bed.proxy.inject(fault, { phase: 'idle', times: connections })
        await struck.whenHit({ nth: connections })
        await bed.allGone()
      },
    },
    {
      cause: 'restarted with its server (15)',
      die: async () => {
        await bed.server.restart({ graceful: false })
        await bed.allGone()
      },
    },
  ]

  for (const { cause, die } of deaths) {
    describe(`an idle connection ${cause}`, () => {
      for (const operation of operationsOf(bed.stack)) {
        it(`does not keep ${operation.name} from going through, once`, async () => {
          const client = await bed.open()
          await warm(client)
          await die()
          const value = marker()
          await operation.run(client, value)
          expect(await bed.rows(value)).toBe(operation.rows)
          expect(bed.sent(value), bed.proxy.journal.toText()).toBe(operation.statements)
        })
      }
    })
  }

  describe('a connection that died while the event loop was blocked (7, 24)', () => {
    for (const operation of operationsOf(bed.stack)) {
      it(`does not keep ${operation.name} from going through, once`, async () => {
        const client = await bed.open({ config: bed.direct })
        await warm(client)
        const value = marker()
        bed.killUnseen()
        await operation.run(client, value)
        expect(await bed.rows(value)).toBe(operation.rows)
      })
    }

    it('does not keep any of a parallel burst on a pool of ten from going through', async () => {
      const client = await bed.open({ config: bed.direct, slots: 10 })
      await warm(client, 10)
      const values = Array.from({ length: 25 }, marker)
      bed.killUnseen()
      await Promise.all(values.map((value, n) => (n % 2 === 0 ? client.write(value) : client.read(value))))
      const counts = await Promise.all(values.map(value => bed.rows(value)))
      expect(counts).toEqual(values.map((_, n) => (n % 2 === 0 ? 1 : 0)))
    })
  })

  it('is replaced, not added to: a pool of ten still has ten connections at the most (24)', async () => {
    const client = await bed.open({ slots: 10 })
    await warm(client, 10)
    await bed.killSeen()
    await warm(client, 10)
    expect(bed.proxy.journal.openConnections.length).toBeLessThanOrEqual(10)
  })
}
