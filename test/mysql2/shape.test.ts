import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInThisContext } from 'node:vm'
import type { PoolConnection } from 'mysql2/promise'
import { expect, it } from 'vitest'
import { onEveryServer } from './bed.js'

const CORE = Symbol.for('comeback.mysql2.session')

interface Link {
  readonly pingDueSince: number
}

/** The link of the moment, which a session keeps to itself. */
function linkOf({ connection }: PoolConnection): Link {
  return (connection as unknown as Record<symbol, { readonly link: Link }>)[CORE]?.link as Link
}

/** Whether V8 keeps two objects in the same way, so that the same compiled code is good for both. */
function haveOneShape(one: object, other: object): boolean {
  setFlagsFromString('--allow-natives-syntax')
  return runInThisContext('(one, other) => %HaveSameMap(one, other)')(one, other)
}

await onEveryServer(bed => {
  it('a link keeps its shape when a ping falls due, so that compiled code stays good for all links', async () => {
    const pool = bed.pool({}, { prePing: { afterIdleMs: 1 }, keepAlive: false })
    // Given up before, and touched by nothing any more, so that it stays as it was.
    const other = await pool.getConnection()
    const otherLink = linkOf(other)
    other.destroy()
    const connection = await pool.getConnection()
    const link = linkOf(connection)
    connection.release()
    await pause(20)
    const again = await pool.getConnection()
    expect(linkOf(again)).toBe(link)
    expect(link.pingDueSince).toBeGreaterThan(0)
    again.destroy()
    expect(haveOneShape(link, otherLink)).toBe(true)
  })
})
