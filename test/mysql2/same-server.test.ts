import { cutAfterForward, startChaosProxy } from '@comeback/chaos'
import { LostConnectionError, type Policy } from '@comeback/core'
import mysql from '@comeback/mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failureOf } from '../contract/failure.js'
import { type Server, startServer } from '../database/index.js'

let first: Server
let second: Server
beforeAll(async () => {
  ;[first, second] = await Promise.all([
    startServer({ flavour: 'mariadb', flags: ['--server-id=1'] }),
    startServer({ flavour: 'mariadb', flags: ['--server-id=2'] }),
  ])
})
afterAll(() => Promise.all([first.stop(), second.stop()]))

/** A read whose answer is lost; the next connection leads to the second server. */
async function readAcrossServers(reads: NonNullable<Policy['reads']>): Promise<unknown> {
  await using proxy = await startChaosProxy({ target: { host: first.host, port: first.port } })
  const connection = await mysql.createConnection(proxy.config(first.config), { reads })
  proxy.inject(cutAfterForward(), { match: /moved/ })
  proxy.retarget({ host: second.host, port: second.port })
  try {
    const [rows] = await connection.query("SELECT 'moved' AS word")
    return rows
  } finally {
    await connection.end()
  }
}

describe('a read whose answer was lost, with another server behind the next connection', () => {
  it('is read again from the other server by default', async () => {
    expect(await readAcrossServers('any')).toEqual([{ word: 'moved' }])
  })

  it('fails with a typed error where reads are bound to their server', async () => {
    expect(await failureOf(readAcrossServers('same-server'))).toBeInstanceOf(LostConnectionError)
  })
})
