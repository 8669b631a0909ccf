import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useExternalServer } from './external-server.js'
import { identifyUrl } from './identify-url.js'
import { availableServers, startServer } from './index.js'
import type { Server, ServerUrl } from './types.js'

const lanes = (await availableServers()).filter(server => server.kind === 'binary')

describe.each(lanes)('a running $flavour server named by URL', ({ flavour, version }) => {
  let running: Server
  let found: ServerUrl
  beforeAll(async () => {
    running = await startServer({ flavour })
    found = await identifyUrl(`mysql://root@127.0.0.1:${running.port}`, 'named by a test')
  })
  afterAll(async () => await running.stop())

  it('is asked for its flavour and version', () => {
    expect(found).toMatchObject({ kind: 'url', flavour, version })
  })

  it('gives every caller a database and a user of its own, which stop() removes', async () => {
    const one = await useExternalServer(found, {})
    const two = await useExternalServer(found, {})
    const connection = await createConnection(one.config)
    connection.on('error', () => {})
    await connection.query('CREATE TABLE mine (id INT)')
    const other = await createConnection(two.url)

    expect(await one.admin.query('SHOW TABLES')).toHaveLength(1)
    expect(await two.admin.query('SHOW TABLES')).toHaveLength(0)
    expect((await one.admin.processlist()).map(row => row.id)).toEqual([connection.threadId])
    await one.stop()
    await one.stop()
    await expect(other.query('SELECT 1')).resolves.toBeDefined()
    await other.end()
    await two.stop()
    expect(await running.admin.query("SHOW DATABASES LIKE 'comeback%'")).toEqual([])
  })

  it('says that it cannot be killed, restarted or frozen, nor be given flags', async () => {
    await using server = await useExternalServer(found, {})
    expect(server.breakable).toBe(false)
    for (const fault of ['kill9', 'start', 'restart', 'freeze', 'thaw'] as const) {
      await expect(server[fault]()).rejects.toThrow('known by its address only')
    }
    await expect(useExternalServer(found, { flags: ['--wait-timeout=1'] })).rejects.toThrow(
      'flags cannot be given',
    )
  })
})
