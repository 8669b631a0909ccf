import { atCommit, type ChaosProxy, cut, cutAfterForward, startChaosProxy } from '@comeback/chaos'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Server, startServer } from '../database/index.js'
import { type Application, startApplication } from './application.js'

let server: Server
let proxy: ChaosProxy
let application: Application

const start = (env: Readonly<Record<string, string>> = {}): Promise<Application> => {
  const url = new URL(server.url)
  url.host = `${proxy.host}:${proxy.port}`
  return startApplication({ DATABASE_URL: url.href, ...env })
}

async function inTheTables(): Promise<{ orders: string[]; left: number | undefined }> {
  const orders = await server.admin.query<{ reference: string }>(
    'SELECT reference FROM test.orders ORDER BY reference',
  )
  const [tea] = await server.admin.query<{ quantity: number }>('SELECT quantity FROM test.stock')
  return { orders: orders.map(({ reference }) => reference), left: tea?.quantity }
}

describe('the NestJS example', () => {
  beforeAll(async () => {
    server = await startServer()
    proxy = await startChaosProxy({ target: { host: server.host, port: server.port } })
    application = await start()
  })

  beforeEach(async () => {
    await server.admin.query('DELETE FROM test.orders')
    await server.admin.query("REPLACE INTO test.stock (item, quantity) VALUES ('tea', 10)")
  })

  afterEach(() => proxy.clear())

  afterAll(async () => {
    await application?.[Symbol.asyncDispose]()
    await proxy?.close()
    await server?.stop()
  })

  it('answers requests while its server restarts', async () => {
    expect((await application.place('a', 'tea')).status).toBe(200)
    const before = proxy.journal.connections.length
    let isOver = false
    const restarted = server.restart().finally(() => {
      isOver = true
    })
    const statuses: number[] = []
    while (!isOver) statuses.push((await application.look('a')).status)
    await restarted
    expect(statuses.filter(status => status !== 200)).toEqual([])
    expect(proxy.journal.connections.length).toBeGreaterThan(before)
    expect((await application.place('b', 'tea')).status).toBe(200)
    expect(await inTheTables()).toEqual({ orders: ['a', 'b'], left: 8 })
  })

  it('answers 409 when a transaction was lost and rolled back; the request may be repeated', async () => {
    const fault = proxy.inject(cut(), { match: /^INSERT/ })
    const lost = await application.place('a', 'tea')
    expect(fault.hits).toBe(1)
    expect(lost.status).toBe(409)
    expect(lost.body.message).toContain('nothing was done')
    expect(await inTheTables()).toEqual({ orders: [], left: 10 })
    expect(await application.place('a', 'tea')).toMatchObject({ status: 200, body: { reference: 'a' } })
    expect(await inTheTables()).toEqual({ orders: ['a'], left: 9 })
  })

  it.each([
    ['executed', cutAfterForward(), ['a']],
    ['not executed', cut(), []],
  ] as const)(
    'answers 503 with Retry-After when COMMIT was lost and %s; a repetition orders once',
    async (_, fault, orders) => {
      proxy.inject(fault, atCommit())
      const lost = await application.place('a', 'tea')
      expect(lost).toMatchObject({ status: 503, retryAfter: '2' })
      expect(lost.body.message).toContain('not known')
      expect((await inTheTables()).orders).toEqual(orders)
      expect((await application.place('a', 'tea')).status).toBe(200)
      expect(await inTheTables()).toEqual({ orders: ['a'], left: 9 })
    },
  )

  it('answers 503 with Retry-After while there is no database, and 200 when there is one again', async () => {
    await using impatient = await start({ PATIENCE_MS: '200' })
    await proxy.refuse()
    proxy.cutAll()
    const away = await impatient.place('a', 'tea')
    expect(away).toMatchObject({ status: 503, retryAfter: '2' })
    expect(away.body.message).toContain('nothing was done')
    await proxy.accept()
    expect((await application.place('a', 'tea')).status).toBe(200)
    expect(await inTheTables()).toEqual({ orders: ['a'], left: 9 })
  })

  it('leaves errors of the application alone', async () => {
    await server.admin.query('UPDATE test.stock SET quantity = 0')
    expect((await application.place('a', 'tea')).status).toBe(422)
    expect((await application.look('a')).status).toBe(404)
  })
})
