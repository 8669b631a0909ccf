import { type ChaosProxy, startChaosProxy } from '@comeback/chaos'
import { startServer } from '@comeback/test/database'
import type { Connection as CallbackConnection } from 'mysql2'
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { Flavour, Server } from '../database/types.js'

/** A real server for a file, and for each test a fresh proxy before it and an empty table `t (id, v)` in it. */
export interface Bed {
  readonly server: Server
  readonly proxy: ChaosProxy
  /** A stock client through the proxy. It is destroyed after the test. */
  connect(options?: ConnectionOptions): Promise<Connection>
  /** What the table holds, asked past the proxy. */
  values(): Promise<number[]>
}

/** Registers the hooks that make and clear away the bed. */
export function useBed(flavour: Flavour, flags: readonly string[] = []): Bed {
  let server: Server
  let proxy: ChaosProxy
  let clients: Connection[] = []
  beforeAll(async () => {
    server = await startServer({ flavour, flags: ['--local-infile=1', ...flags] })
    await server.admin.query('CREATE TABLE test.t (id INT PRIMARY KEY AUTO_INCREMENT, v INT)')
  })
  afterAll(() => server.stop())
  beforeEach(async () => {
    await server.admin.query('TRUNCATE test.t')
    proxy = await startChaosProxy({ target: { host: server.host, port: server.port } })
  })
  afterEach(async () => {
    for (const client of clients) client.destroy()
    clients = []
    await proxy.close()
  })
  return {
    get server(): Server {
      return server
    },
    get proxy(): ChaosProxy {
      return proxy
    },
    connect: async options => {
      const client = await createConnection(proxy.config({ ...server.config, ...options }))
      // Stock mysql2 emits it when an idle connection dies.
      client.on('error', () => {})
      clients.push(client)
      return client
    },
    values: async () => {
      const rows = await server.admin.query<{ v: number }>('SELECT v FROM test.t ORDER BY id')
      return rows.map(row => row.v)
    },
  }
}

/** The same connection with mysql2's callback interface, whose queries can be streamed. */
export function callbackFlavour(client: Connection): CallbackConnection {
  return (client as unknown as { connection: CallbackConnection }).connection
}

/** What became of a promise: 'ok', or the code of its error, or its number. */
export async function outcome(promise: Promise<unknown>): Promise<string | number> {
  try {
    await promise
    return 'ok'
  } catch (error) {
    const { code, errno } = error as { code?: string; errno?: number }
    return errno !== undefined && errno > 0 ? errno : (code ?? String(error))
  }
}

/** Asks until the answer is what is wanted; fails with the last answer when that takes more than five seconds. */
export async function eventually<Value>(
  ask: () => Promise<Value>,
  wanted: (value: Value) => boolean,
): Promise<Value> {
  const giveUpAt = performance.now() + 5_000
  for (;;) {
    const value = await ask()
    if (wanted(value)) return value
    if (performance.now() > giveUpAt) throw new Error(`not within 5 s: ${JSON.stringify(value)}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
