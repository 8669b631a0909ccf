import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { OutcomeUnknownError } from '@comeback/core'
import { expect, it } from 'vitest'
import { failureOf } from '../contract/failure.js'
import { firstRow, marker, onEveryServer } from './bed.js'

// A certificate for 127.0.0.1 that protects nothing but these tests.
const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/tls/${name}`, import.meta.url))
const certificate = fixture('server-cert.pem')
const flags = [`--ssl-cert=${certificate}`, `--ssl-key=${fixture('server-key.pem')}`]
const ssl = { ca: readFileSync(certificate, 'utf8') }

await onEveryServer(bed => {
  it('a session over TLS has TLS on its next link as well', async () => {
    const connection = await bed.connect({ ssl })
    const cipher = async (): Promise<unknown> =>
      (await firstRow(connection, "SHOW STATUS LIKE 'Ssl_cipher'"))?.['Value']
    const before = await cipher()
    expect(before).toMatch(/AES|CHACHA/)
    const { threadId } = connection
    await bed.lose(connection)
    await connection.query('SELECT 1')
    expect(await cipher()).toBe(before)
    expect(connection.threadId).not.toBe(threadId)
  })

  it('a death that was not seen coming does not keep a read over TLS from going through', async () => {
    const connection = await bed.connect({ ssl, ...bed.direct })
    bed.killUnseen()
    expect(await firstRow(connection, 'SELECT 1 AS one')).toEqual({ one: 1 })
  })

  it('a write over TLS whose answer is lost is unknown, and not sent again', async () => {
    const connection = await bed.connect({ ssl })
    const value = marker()
    const write = failureOf(
      connection.query(`INSERT INTO facts (value) SELECT '${value}' FROM (SELECT SLEEP(0.3)) AS slow`),
    )
    await bed.server.admin.kill(connection.threadId)
    expect(await write).toBeInstanceOf(OutcomeUnknownError)
    expect(await bed.rows(value)).toBe(0)
    expect(await firstRow(connection, 'SELECT 1 AS one')).toEqual({ one: 1 })
  })

  it('a certificate that nobody vouches for is refused at once, with the reason', async () => {
    const since = performance.now()
    expect(await failureOf(bed.connect({ ssl: {} }))).toMatchObject({ code: 'HANDSHAKE_SSL_ERROR' })
    expect(performance.now() - since).toBeLessThan(3_000)
  })
}, flags)
