import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type HoldFault, hold } from '@comeback/chaos'
import { OutcomeUnknownError, type Policy } from '@comeback/mysql2'
import type { Connection, ResultSetHeader } from 'mysql2/promise'
import { describe, expect, it, onTestFinished } from 'vitest'
import { failureOf } from '../contract/failure.js'
import { type Bed, change, firstRow, marker, onEveryServer, until } from './bed.js'

/** Looks early at a silent link, and never takes a probe that a busy machine answers late for a dead server. */
const earlyWatch: Policy = { watchdog: { afterMs: 100, timeoutMs: 10_000 } }

/** How many probes have asked, or have tried to. */
function countProbes(bed: Bed, probe: RegExp): number {
  return bed.proxy.journal.commands.filter(({ sql }) => probe.test(sql ?? '')).length
}

/** A write that the server has executed, though its answer is held back. */
interface Unanswered {
  readonly session: Connection
  readonly value: string
  readonly written: Promise<ResultSetHeader>
  readonly answer: HoldFault
  /** The question by which a probe learns what the session's thread is doing. */
  readonly probe: RegExp
  /** The first probe, which waits so that it finds the thread idle, however busy the machine is. */
  readonly firstProbe: HoldFault
}

async function writeUnanswered(bed: Bed): Promise<Unanswered> {
  const session = await bed.connect({}, earlyWatch)
  const probe = new RegExp(`PROCESSLIST WHERE ID = ${session.threadId}$`)
  const [value, answer, firstProbe] = [marker(), hold({ direction: 'to-client' }), hold()]
  bed.proxy.inject(answer, { match: /^INSERT/ })
  bed.proxy.inject(firstProbe, { match: probe })
  const written = change(session, 'INSERT INTO facts (value) VALUES (?)', [value])
  await until(async () => {
    if ((await bed.rows(value)) !== 1) return false
    const threads = await bed.server.admin.processlist()
    return threads.some(({ id, command }) => id === session.threadId && command === 'Sleep')
  }, 'the server is done with the write')
  return { session, value, written, answer, probe, firstProbe }
}

/** Calls back when a statement is abandoned, until the test is over. */
function onAbandoned(listener: () => void): void {
  subscribe('comeback:abandoned', listener)
  onTestFinished(() => {
    unsubscribe('comeback:abandoned', listener)
  })
}

await onEveryServer(bed => {
  describe('a write that the server has executed, and whose answer', () => {
    it('comes after a probe has found the thread idle, succeeds once, on its own link', async () => {
      const { session, value, written, answer, probe, firstProbe } = await writeUnanswered(bed)
      // The second one waits until the answer is there. Were the link given up at the first, this would be the killer's question.
      const secondProbe = hold()
      const asked = bed.proxy.inject(secondProbe, { match: probe })
      firstProbe.release()
      const [header] = await Promise.all([written, asked.whenHit().then(answer.release)])
      secondProbe.release()

      const { journal } = bed.proxy
      expect(countProbes(bed, probe)).toBe(2)
      // Each probe has a link of its own; nobody else has logged in.
      expect(journal.connections.length, journal.toText()).toBe(1 + 2)
      expect(header.affectedRows).toBe(1)
      expect(await firstRow(session, 'SELECT ROW_COUNT() AS changed')).toEqual({ changed: 1 })
      expect(await bed.rows(value)).toBe(1)
      expect(journal.sentTimes(/^INSERT/)).toBe(1)
      const used = journal.sent(/^INSERT|ROW_COUNT/)
      expect(new Set(used.map(({ connection }) => connection)).size, journal.toText()).toBe(1)
    })

    it('has not come when a second probe finds the thread idle is given up and unknown, and is not sent again', async () => {
      const { session, value, written, probe, firstProbe } = await writeUnanswered(bed)
      const probesBefore: number[] = []
      onAbandoned(() => probesBefore.push(countProbes(bed, probe)))
      firstProbe.release()
      const failure = await failureOf(written)

      expect(failure).toBeInstanceOf(OutcomeUnknownError)
      expect(failure).toMatchObject({ reason: 'watchdog' })
      expect(probesBefore).toEqual([2])
      expect(await firstRow(session, 'SELECT 1 AS one')).toEqual({ one: 1 })
      expect(await bed.rows(value)).toBe(1)
      expect(bed.proxy.journal.sentTimes(/^INSERT/)).toBe(1)
    })
  })
})
