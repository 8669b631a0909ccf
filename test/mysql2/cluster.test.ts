import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { delay } from '@comeback/chaos'
import { createPoolClusterPromise, DatabaseUnavailableError } from '@comeback/mysql2'
import { expect, it } from 'vitest'
import { failureOf } from '../contract/failure.js'
import { onEveryServer } from './bed.js'

/** A port at which nobody listens any more. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

await onEveryServer(bed => {
  it('a cluster whose first node is away goes on with the other one, long before outage.maxWaitMs', async () => {
    const cluster = createPoolClusterPromise({ defaultSelector: 'ORDER' }, { outage: { maxWaitMs: 30_000 } })
    bed.ending(() => cluster.end().catch(() => undefined))
    cluster.on('warn', () => undefined)
    cluster.add('away', { ...bed.direct, port: await deadPort(), user: 'nobody' })
    cluster.add('there', bed.viaProxy)
    const since = performance.now()
    const connection = await cluster.getConnection('*', 'ORDER')
    const [rows] = await connection.query('SELECT 1 AS one')
    connection.release()
    expect(rows).toEqual([{ one: 1 }])
    expect(performance.now() - since).toBeLessThan(5_000)
  })

  it('callers of a cluster whose only node restarts wait for it', async () => {
    const cluster = createPoolClusterPromise({}, { outage: { maxWaitMs: 8_000 } })
    bed.ending(() => cluster.end().catch(() => undefined))
    cluster.add('only', bed.viaProxy)
    const first = await cluster.getConnection('only')
    first.release()
    await bed.proxy.refuse()
    bed.proxy.cutAll('rst')
    const asked = Promise.all(
      Array.from({ length: 5 }, async () => {
        const connection = await cluster.getConnection('only')
        const [rows] = await connection.query('SELECT 1 AS one')
        connection.release()
        return rows
      }),
    )
    await pause(1_500)
    await bed.proxy.accept()
    expect(await asked).toEqual(Array.from({ length: 5 }, () => [{ one: 1 }]))
  })

  it('they wait no longer than outage.maxWaitMs', async () => {
    const cluster = createPoolClusterPromise({}, { outage: { maxWaitMs: 700 } })
    bed.ending(() => cluster.end().catch(() => undefined))
    cluster.add('away', { ...bed.direct, port: await deadPort(), user: 'nobody' })
    const since = performance.now()
    const failure = await failureOf(cluster.getConnection('away'))
    expect(failure).toBeInstanceOf(DatabaseUnavailableError)
    expect(performance.now() - since).toBeGreaterThan(500)
    expect(performance.now() - since).toBeLessThan(3_000)
  })

  it('a wrong password is told at once', async () => {
    const cluster = createPoolClusterPromise({ canRetry: false }, { outage: { maxWaitMs: 30_000 } })
    bed.ending(() => cluster.end().catch(() => undefined))
    cluster.add('only', { ...bed.viaProxy, password: 'wrong' })
    expect(await failureOf(cluster.getConnection('only'))).toMatchObject({ errno: 1045 })
  })

  it('a node whose login takes longer than the haste allows is used when it is the only one', async () => {
    const cluster = createPoolClusterPromise({}, { outage: { maxWaitMs: 6_000, connectTimeoutMs: 3_000 } })
    bed.ending(() => cluster.end().catch(() => undefined))
    cluster.add('slow', bed.viaProxy)
    bed.proxy.inject(delay({ ms: 400, direction: 'to-client' }), { phase: 'login', times: 'always' })
    const connection = await cluster.getConnection('slow')
    connection.release()
  })

  it('callers that queue at a dead node are led on together', async () => {
    const cluster = createPoolClusterPromise({}, { outage: { maxWaitMs: 20_000 } })
    bed.ending(() => cluster.end().catch(() => undefined))
    cluster.on('warn', () => undefined)
    cluster.add('away', { ...bed.direct, port: await deadPort(), user: 'nobody', connectionLimit: 1 })
    cluster.add('there', { ...bed.viaProxy, connectionLimit: 5 })
    const since = performance.now()
    await Promise.all(
      Array.from({ length: 30 }, async () => {
        const connection = await cluster.getConnection()
        connection.release()
      }),
    )
    expect(performance.now() - since).toBeLessThan(3_500)
  })

  it('callers whose time is over learn why', async () => {
    const cluster = createPoolClusterPromise({}, { outage: { maxWaitMs: 3_000 } })
    bed.ending(() => cluster.end().catch(() => undefined))
    cluster.on('warn', () => undefined)
    cluster.add('away', { ...bed.direct, port: await deadPort(), user: 'nobody' })
    const failure = await failureOf(cluster.getConnection('away'))
    expect(failure).toBeInstanceOf(DatabaseUnavailableError)
    expect(failure).toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('callers are told when the cluster ends', async () => {
    const cluster = createPoolClusterPromise({}, { outage: { maxWaitMs: 20_000 } })
    cluster.on('warn', () => undefined)
    cluster.add('away', { ...bed.direct, port: await deadPort(), user: 'nobody' })
    const waiting = failureOf(cluster.getConnection('away'))
    await pause(100)
    await cluster.end()
    expect(await waiting).toBeInstanceOf(Error)
  })
})
