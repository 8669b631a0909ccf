import { garbage, silence } from '@comeback/chaos'
import {
  ComebackConfigError,
  createConnection,
  createPool,
  createPoolCluster,
  type Policy,
} from '@comeback/mysql2'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { failureOf } from '../contract/failure.js'
import { firstRow, onEveryServer } from './bed.js'

const shortPolicy: Policy = {
  retry: { deadlineMs: 800, maxAttempts: 2 },
  outage: { maxWaitMs: 800, connectTimeoutMs: 300 },
  watchdog: { afterMs: 200, timeoutMs: 200 },
}

/** What the deadlines above add up to, with time for a busy machine. */
const SETTLES_MS = 5_000

const nastyBytes: readonly { what: string; bytes: Uint8Array }[] = [
  {
    what: 'bytes that are no packet',
    bytes: Uint8Array.from({ length: 64 }, (_, n) => (n * 89 + 237) & 0xff),
  },
  { what: 'a packet that claims 16 MB', bytes: Uint8Array.of(0xff, 0xff, 0xff, 0, 10, 1, 2, 3) },
  { what: 'an empty packet', bytes: Uint8Array.of(0, 0, 0, 1) },
  {
    what: 'a result of 2^64 columns',
    bytes: Uint8Array.of(9, 0, 0, 1, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  },
  { what: 'an error packet that is cut short', bytes: Uint8Array.of(2, 0, 0, 1, 0xff, 0x10) },
  { what: 'an OK packet that is cut short', bytes: Uint8Array.of(1, 0, 0, 1, 0) },
  { what: 'a text longer than its packet', bytes: Uint8Array.of(3, 0, 0, 1, 0, 0xfd, 0xff) },
  { what: 'a wish for a file', bytes: Uint8Array.of(12, 0, 0, 1, 0xfb, ...Buffer.from('/etc/passwd')) },
  { what: 'a packet out of order', bytes: Uint8Array.of(7, 0, 0, 99, 0, 0, 0, 2, 0, 0, 0) },
]

await onEveryServer(bed => {
  describe('a server that sends', () => {
    // mysql2 prints what it can not read.
    beforeEach(() => {
      vi.spyOn(console, 'trace').mockReturnValue()
      vi.spyOn(console, 'error').mockReturnValue()
    })

    for (const { what, bytes } of nastyBytes) {
      it(`${what} for a greeting holds nobody past the deadline`, async () => {
        bed.proxy.inject(garbage({ bytes }), { phase: 'connect', times: 'always' })
        const since = performance.now()
        const failure = await failureOf(bed.connect({}, shortPolicy))
        expect(failure).toBeInstanceOf(Error)
        expect(performance.now() - since).toBeLessThan(SETTLES_MS)
      })

      it(`${what} for an answer settles the query, and the session goes on`, async () => {
        const session = await bed.connect({}, shortPolicy)
        bed.proxy.inject(garbage({ bytes }), { kind: 'query', match: /nasty/ })
        const since = performance.now()
        await session.query('DO 1 /* nasty */').catch((error: unknown) => expect(error).toBeInstanceOf(Error))
        expect(performance.now() - since).toBeLessThan(SETTLES_MS)
        expect(await firstRow(session, 'SELECT 1 AS one')).toEqual({ one: 1 })
      })
    }

    it('nothing at all for a greeting holds nobody past the deadline', async () => {
      bed.proxy.inject(silence(), { phase: 'connect', times: 'always' })
      const since = performance.now()
      expect(await failureOf(bed.connect({}, shortPolicy))).toHaveProperty('code', 'ETIMEDOUT')
      expect(performance.now() - since).toBeLessThan(SETTLES_MS)
    })

    it('nothing at all for an answer is told from a slow statement', async () => {
      const session = await bed.connect({}, shortPolicy)
      bed.proxy.inject(silence(), { kind: 'query', match: /quiet/ })
      const slow = await bed.connect({}, shortPolicy)
      const [answers] = await Promise.all([
        slow.query('SELECT SLEEP(1) AS done'),
        session.query("SELECT 'quiet'"),
      ])
      expect(answers[0]).toEqual([{ done: 0 }])
    })
  })
})

describe('bad input is refused at once, by name', () => {
  const options = { host: '127.0.0.1', user: 'nobody' }
  const policies: readonly { option: string; policy: object }[] = [
    { option: 'prePings', policy: { prePings: 'always' } },
    { option: 'retry.deadlineMs', policy: { retry: { deadlineMs: -1 } } },
    { option: 'outage.maxWaitMs', policy: { outage: { maxWaitMs: Number.POSITIVE_INFINITY } } },
    { option: 'maxLifetimeMs', policy: { maxLifetimeMs: '1000' } },
  ]
  for (const { option, policy } of policies) {
    it(`${option} of a policy`, () => {
      for (const create of [
        () => createConnection(options, policy as Policy),
        () => createPool(options, policy as Policy),
        () => createPoolCluster({}, policy as Policy),
      ]) {
        expect(create).toThrow(ComebackConfigError)
        expect(create).toThrow(option)
      }
    })
  }

  const pool = createPool(options)
  const wrong = [
    { what: 'a pool', given: pool },
    { what: 'null', given: null },
    { what: 'undefined', given: undefined },
    { what: 'a number', given: 3306 },
  ]
  for (const { what, given } of wrong) {
    it(`${what} given as options`, () => {
      expect(() => createConnection(given as never)).toThrow(ComebackConfigError)
      expect(() => createPool(given as never)).toThrow(/options/)
    })
  }
})
