import { setImmediate as turn } from 'node:timers/promises'
import { type Connection, createConnection } from 'mysql2/promise'
import { expect, it } from 'vitest'
import { callbackSide, change, marker, onEveryServer } from './bed.js'

/** Longer than a link may be idle without a look. */
const TURN_MS = 4

/** Makes every turn of the event loop a long one, until it is ended. */
function keepBusy(): { readonly turns: number; end(): void } {
  let isOn = true
  let turns = 0
  const work = (): void => {
    turns += 1
    const end = performance.now() + TURN_MS
    while (performance.now() < end) Math.sqrt(end)
    if (isOn) setImmediate(work)
  }
  setImmediate(work)
  return {
    get turns() {
      return turns
    },
    end: () => {
      isOn = false
    },
  }
}

/** How many turns it mostly takes until a read is answered that comes after a turn without one. */
async function turnsOfRead(connection: Pick<Connection, 'query'>): Promise<number> {
  const loop = keepBusy()
  const taken: number[] = []
  try {
    for (let read = 0; read < 21; read++) {
      await turn()
      const before = loop.turns
      await connection.query('SELECT 1')
      taken.push(loop.turns - before)
    }
  } finally {
    loop.end()
  }
  return taken.sort((a, b) => a - b)[10] ?? Number.NaN
}

await onEveryServer(bed => {
  it('on a busy event loop a read waits for no look', async () => {
    const stock = bed.closing(await createConnection(bed.server.config))
    const expected = await turnsOfRead(stock)
    // A look would add two.
    expect(await turnsOfRead(await bed.connect(bed.direct))).toBeLessThanOrEqual(expected + 1)
    const pool = bed.pool(bed.direct)
    await pool.query('SELECT 1')
    expect(await turnsOfRead(pool)).toBeLessThanOrEqual(expected + 1)
  })

  it('there a read that meets a dead link is sent again, and a write is looked out for', async () => {
    const session = await bed.connect(bed.direct)
    for (const statement of ['SELECT 7 AS n', 'INSERT INTO test.facts (value) VALUES (?)']) {
      await turnsOfRead(session)
      const { threadId } = callbackSide(session)
      const value = marker()
      bed.killUnseen()
      await change(session, statement, [value])
      expect(callbackSide(session).threadId).not.toBe(threadId)
      expect(await bed.rows(value)).toBe(statement.startsWith('INSERT') ? 1 : 0)
    }
  })
})
