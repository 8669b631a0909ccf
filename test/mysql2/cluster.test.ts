import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { createPoolClusterPromise } from '@comeback/mysql2'
import { expect, it } from 'vitest'
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
})
