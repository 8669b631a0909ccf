import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { failureOf } from '../contract/failure.js'
import { marker, onEveryServer } from './bed.js'

const insert = (value: string): string => `INSERT INTO facts (value) VALUES ('${value}')`

await onEveryServer(bed => {
  const readOnly = async (on: boolean): Promise<void> => {
    await bed.server.admin.query(`SET GLOBAL read_only = ${on ? 1 : 0}`)
  }
  const sent = (value: string): number =>
    bed.proxy.journal.commands.filter(({ sql }) => sql?.includes(value)).length

  it('a write refused by a read-only server is sent anew until another server takes it', async () => {
    const session = await bed.connect({}, { retry: { maxAttempts: 100, deadlineMs: 6_000 } })
    const value = marker()
    await readOnly(true)
    try {
      const written = session.query(insert(value))
      await pause(100)
      await readOnly(false)
      await written
    } finally {
      await readOnly(false)
    }
    expect(await bed.rows(value)).toBe(1)
    expect(sent(value)).toBeGreaterThan(1)
  })

  it('a server that stays read-only has the last word, and is not hammered', async () => {
    const backoff = { initialMs: 60, maxMs: 60 }
    const session = await bed.connect({}, { retry: { maxAttempts: 12, deadlineMs: 6_000, backoff } })
    const value = marker()
    const startedAt = performance.now()
    await readOnly(true)
    try {
      expect(await failureOf(session.query(insert(value)))).toMatchObject({ errno: 1290 })
    } finally {
      await readOnly(false)
    }
    expect(sent(value)).toBe(12)
    // Ten pauses of 30 ms on average; the odds of a third of that are less than one in ten thousand.
    expect(performance.now() - startedAt).toBeGreaterThan(100)
    await session.query(insert(value))
    expect(await bed.rows(value)).toBe(1)
  })

  it('a session that is closed during the pause ends what it held', async () => {
    const backoff = { initialMs: 60_000, maxMs: 60_000 }
    const session = await bed.connect({}, { retry: { maxAttempts: 12, deadlineMs: 60_000, backoff } })
    const value = marker()
    await readOnly(true)
    try {
      const failure = failureOf(session.query(insert(value)))
      await bed.proxy.until(() => sent(value) === 2)
      await pause(50)
      session.destroy()
      expect(await failure).toBeInstanceOf(Error)
    } finally {
      await readOnly(false)
    }
  })
})
