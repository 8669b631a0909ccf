import { garbage, injectError } from '@comeback/chaos'
import { describe, expect, it } from 'vitest'
import { availableServers } from '../database/index.js'
import { outcome, useBed } from './bed.js'

const insert = 'INSERT INTO t (v) VALUES (7)'

for (const { flavour, version } of await availableServers()) {
  describe(`answers of the proxy's own, in front of ${flavour} ${version}`, () => {
    const bed = useBed(flavour)

    it('an injected error comes instead of the execution', async () => {
      const client = await bed.connect()
      bed.proxy.inject(injectError({ errno: 1290 }), { match: /^INSERT/ })
      await expect(client.query(insert)).rejects.toMatchObject({
        errno: 1290,
        sqlState: 'HY000',
        code: 'ER_OPTION_PREVENTS_STATEMENT',
      })
      expect(await bed.values()).toEqual([])
      expect(bed.proxy.journal.commands.at(-1)).toMatchObject({
        forwarded: 'no',
        answered: 'no',
        fault: 'injectError',
      })
      await client.query(insert)
      expect(await bed.values()).toEqual([7])
    })

    it('an injected error can come after the execution', async () => {
      const client = await bed.connect()
      bed.proxy.inject(injectError({ errno: 1317, forward: true }), { match: /^INSERT/ })
      expect(await outcome(client.execute(insert))).toBe(1317)
      expect(await bed.values()).toEqual([7])
      expect(bed.proxy.journal.commands.at(-1)).toMatchObject({
        forwarded: 'yes',
        answered: 'no',
        answer: { kind: 'ok', affectedRows: 1 },
      })
      await client.query('SELECT 1')
    })

    it.each([1053, 1927, 4031])('an error that ends connections (%i) ends this one', async errno => {
      const client = await bed.connect()
      bed.proxy.inject(injectError({ errno }))
      expect(await outcome(client.query(insert))).toBe(errno)
      await bed.proxy.until(journal => journal.openConnections.length === 0)
      expect(bed.proxy.journal.connections[0]).toMatchObject({ closedBy: 'proxy', closeKind: 'fin' })
      expect(await bed.values()).toEqual([])
    })

    it('the ending, the SQLSTATE and the text can be chosen', async () => {
      const client = await bed.connect()
      bed.proxy.inject(injectError({ errno: 1053, sqlState: '45000', message: 'so be it', ending: 'keep' }))
      await expect(client.query(insert)).rejects.toMatchObject({ sqlState: '45000', sqlMessage: 'so be it' })
      await client.query('SELECT 1')
      bed.proxy.inject(injectError({ errno: 1290, ending: 'rst' }))
      expect(await outcome(client.query(insert))).toBe(1290)
      await bed.proxy.until(journal => journal.openConnections.length === 0)
      expect(bed.proxy.journal.connections[0]).toMatchObject({ closedBy: 'proxy', closeKind: 'rst' })
    })

    it('a command that waits behind a failed one gets its own answer', async () => {
      const client = await bed.connect()
      bed.proxy.inject(injectError({ errno: 1213 }), { nth: 2 })
      const results = await Promise.all([
        outcome(client.query('SELECT 1')),
        outcome(client.query(insert)),
        outcome(client.query('SELECT 2')),
      ])
      expect(results).toEqual(['ok', 1213, 'ok'])
    })

    it('a server that is full says so instead of a greeting', async () => {
      const injected = bed.proxy.inject(injectError({ errno: 1040 }), { phase: 'connect' })
      expect(await outcome(bed.connect())).toBe(1040)
      expect((await injected.whenHit()).command).toBeUndefined()
      expect(bed.proxy.journal.connections).toMatchObject([
        { open: false, serverOpen: false, threadId: undefined, faults: ['injectError'] },
      ])
      await bed.connect()
    })

    it('a refused login is refused with the right sequence, executed or not', async () => {
      bed.proxy.inject(injectError({ errno: 1045 }), { phase: 'login' })
      bed.proxy.inject(injectError({ errno: 1045, forward: true }), { phase: 'login' })
      expect(await outcome(bed.connect())).toBe(1045)
      expect(await outcome(bed.connect())).toBe(1045)
      expect(bed.proxy.journal.connections.map(({ loggedIn }) => loggedIn)).toEqual([false, true])
    })

    it('a server that closes an idle connection can say why', async () => {
      const client = await bed.connect()
      await client.query('SELECT 1')
      const said = new Promise(resolve => client.on('error', error => resolve(error.code)))
      bed.proxy.inject(injectError({ errno: 4031 }), { phase: 'idle' })
      // What stock mysql2 makes of an error packet that it did not ask for.
      expect(await said).toBe(4031)
    })

    it('garbage is no answer, and the client is not spared it', async () => {
      for (const bytes of [undefined, Buffer.from([1, 0, 0, 1, 0x42])]) {
        const client = await bed.connect()
        bed.proxy.inject(garbage({ ending: 'fin', ...(bytes ? { bytes } : {}) }), { match: /^INSERT/ })
        expect(await outcome(client.query(insert))).not.toBe('ok')
      }
      expect(await bed.values()).toEqual([])
    })

    it('garbage can come after the execution', async () => {
      const client = await bed.connect()
      bed.proxy.inject(garbage({ forward: true, ending: 'rst' }), { match: /^INSERT/ })
      expect(await outcome(client.query(insert))).not.toBe('ok')
      expect(await bed.values()).toEqual([7])
    })

    it('garbage instead of a greeting fails the connect', async () => {
      bed.proxy.inject(garbage({ ending: 'fin' }), { phase: 'connect' })
      expect(await outcome(bed.connect())).not.toBe('ok')
    })
  })
}
