import { createHook } from 'node:async_hooks'
import { connect, createServer, type Socket } from 'node:net'
import { type ChaosProxy, cut, delay, hold, silence, startChaosProxy } from '@comeback/chaos'
import { createConnection } from 'mysql2/promise'
import { describe, expect, it } from 'vitest'
import { availableServers, startServer } from '../database/index.js'
import { eventually, outcome, useBed } from './bed.js'

const [lane] = await availableServers()
if (!lane) throw new Error('no database server')
const { flavour, version } = lane

/** Sockets and servers of this process. */
function socketCount(): number {
  return process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap' || name === 'TCPServerWrap')
    .length
}

/** No other timer of this process has this length. */
const oddMs = 61_234

/** Watches timers of the odd length: how many there were and are. */
function watchTimers(): { made(): number; active(): number; stop(): void } {
  const active = new Set<number>()
  let made = 0
  const hook = createHook({
    init: (id, type, _trigger, resource) => {
      if (type !== 'Timeout' || (resource as { _idleTimeout?: number })._idleTimeout !== oddMs) return
      made++
      active.add(id)
    },
    destroy: id => {
      active.delete(id)
    },
  }).enable()
  return { made: () => made, active: () => active.size, stop: () => hook.disable() }
}

describe(`the proxy, in front of ${flavour} ${version}`, () => {
  const bed = useBed(flavour, ['--max-allowed-packet=64M'])

  it('closes promptly whatever its connections are in, and leaves nothing behind', async () => {
    const before = socketCount()
    const timers = watchTimers()
    const proxy = await startChaosProxy({ target: { host: bed.server.host, port: bed.server.port } })
    const options = proxy.config(bed.server.config)
    const clients: Socket[] = []
    const open = async (): Promise<void> => {
      const count = proxy.journal.connections.length
      clients.push(connect(options.port, options.host).on('error', () => {}))
      await proxy.until(journal => journal.connections.length > count)
    }
    proxy.inject(silence(), { phase: 'connect', connection: 1 })
    proxy.inject(hold(), { phase: 'connect', connection: 2 })
    proxy.inject(silence({ direction: 'to-client' }), { phase: 'connect', connection: 3 })
    proxy.inject(delay({ ms: oddMs }), { phase: 'connect', connection: 4 })
    for (let count = 0; count < 5; count++) await open()
    const client = await createConnection(options)
    client.on('error', () => {})
    proxy.inject(cut(), { phase: 'idle', idleMs: oddMs })
    proxy.freeze()
    await open()
    const waits = [
      outcome(proxy.until(() => false, { timeoutMs: oddMs })),
      outcome(proxy.inject(cut(), { nth: 99 }).whenHit({ timeoutMs: oddMs })),
    ]
    const startedAt = performance.now()
    await proxy.close()
    expect(performance.now() - startedAt).toBeLessThan(500)
    for (const wait of waits) expect(await wait).toContain('the proxy was closed first')
    expect(timers.made()).toBe(4)
    for (const socket of clients) socket.destroy()
    client.destroy()
    await eventually(
      async () => [socketCount(), timers.active()] as const,
      ([sockets, active]) => sockets <= before && active === 0,
    )
    timers.stop()
    await proxy.close()
  })

  it('is disposed of at the end of its scope', async () => {
    let kept: ChaosProxy
    {
      await using proxy = await startChaosProxy({ target: { port: bed.server.port } })
      kept = proxy
    }
    const socket = connect(kept.port, kept.host)
    expect(await outcome(new Promise((_, reject) => socket.on('error', reject)))).toBe('ECONNREFUSED')
  })

  it('refuses connections as a stopped server does, keeps those it has, and accepts again on the same port', async () => {
    const client = await bed.connect()
    const { port } = bed.proxy
    await bed.proxy.refuse()
    await bed.proxy.refuse()
    expect(await outcome(bed.connect())).toBe('ECONNREFUSED')
    await client.query('SELECT 1')
    await bed.proxy.accept()
    await bed.proxy.accept()
    expect(bed.proxy.port).toBe(port)
    await bed.connect()
  })

  it('cuts all connections at once', async () => {
    const clients = await Promise.all([bed.connect(), bed.connect(), bed.connect()])
    const deaths = clients.map(
      client => new Promise(resolve => client.on('error', error => resolve(error.code))),
    )
    bed.proxy.cutAll('rst')
    expect(await Promise.all(deaths)).toEqual(['ECONNRESET', 'ECONNRESET', 'ECONNRESET'])
    expect(bed.proxy.journal.openConnections).toEqual([])
    await bed.connect()
  })

  it('goes to another server when told so, with new connections only', async () => {
    await using other = await startServer({ flavour })
    const old = await bed.connect()
    bed.proxy.retarget({ socketPath: other.socketPath ?? '' })
    const fresh = await bed.connect()
    const ports = await Promise.all(
      [old, fresh].map(async client => {
        const [rows] = await client.query('SELECT @@port AS port')
        return (rows as { port: number }[])[0]?.port
      }),
    )
    expect(ports).toEqual([bed.server.port, other.port])
  })

  it('resets connections while the server is down, and says why', async () => {
    await using other = await startServer({ flavour })
    bed.proxy.retarget({ host: other.host, port: other.port })
    const client = await bed.connect()
    await other.kill9()
    await bed.proxy.until(journal => journal.openConnections.length === 0)
    expect(bed.proxy.journal.connections[0]?.closedBy).toBe('server')
    expect(await outcome(client.query('SELECT 1'))).not.toBe('ok')
    expect(await outcome(bed.connect())).toBe('ECONNRESET')
    expect(bed.proxy.journal.connections[1]).toMatchObject({
      targetError: 'ECONNREFUSED',
      closedBy: 'server',
    })
    await other.start()
    await bed.connect()
  })

  it('does not read ahead of a client that does not read', async () => {
    const client = await bed.connect()
    const held = hold({ direction: 'to-client' })
    bed.proxy.inject(held, { match: /REPEAT/ })
    const query = client.query("SELECT REPEAT('x', 40000000) AS x")
    const reading = async (): Promise<string | null | undefined> =>
      (await bed.server.admin.processlist())[0]?.state
    const blocked = await eventually(reading, state => /net|send/i.test(state ?? ''))
    expect(blocked).toBeTruthy()
    expect(bed.proxy.journal.commands.at(-1)?.answer).toBeUndefined()
    held.release()
    await query
    expect(bed.proxy.journal.commands.at(-1)).toMatchObject({ answered: 'yes', answer: { rows: 1 } })
  })

  it('puts its address in place of the server’s into a configuration', () => {
    const { host, port } = bed.proxy
    expect(bed.proxy.config()).toEqual({ host, port })
    const given = { user: 'a', host: 'db', port: 1, socketPath: '/tmp/s' }
    expect(bed.proxy.config(given)).toEqual({ user: 'a', host, port })
  })

  it('says in time that something did not happen, and shows the journal', async () => {
    const client = await bed.connect()
    await client.query('SELECT 1')
    const waiting = bed.proxy.until(journal => journal.sentTimes() === 2, { timeoutMs: 20 })
    await expect(waiting).rejects.toThrow(
      /^until: not within 20 ms\nconnection 1, .*\n#1 c1: query SELECT 1 \[/,
    )
    const missing = bed.proxy.inject(cut()).whenHit({ timeoutMs: 20 })
    await expect(missing).rejects.toThrow("fault 'cut' strikes 1 times: not within 20 ms")
    const bug = new Error('bug')
    const failing = bed.proxy.until(() => {
      throw bug
    })
    await expect(failing).rejects.toBe(bug)
  })

  it.each<[unknown, string]>([
    [{}, 'target: the options are an object, not undefined'],
    [{ target: { port: 0 } }, "target: option 'port' must be a whole number from 1 to 65535, not 0"],
    [{ target: { prot: 1 } }, "target: there is no option 'prot'; choices: host, port"],
    [{ target: { socketPath: 5 } }, "target: option 'socketPath' must be a string, not 5"],
    [
      { target: { port: 1 }, port: 70_000 },
      "startChaosProxy: option 'port' must be a whole number from 0 to 65535",
    ],
    [
      { target: { port: 1 }, hots: 'x' },
      "startChaosProxy: there is no option 'hots'; choices: target, host, port",
    ],
  ])('a wrong option is refused by name (%#)', async (options, message) => {
    await expect(startChaosProxy(options as never)).rejects.toThrow(TypeError)
    await expect(startChaosProxy(options as never)).rejects.toThrow(message)
  })

  it('says when its port is taken', async () => {
    const second = startChaosProxy({ target: { port: bed.server.port }, port: bed.proxy.port })
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('the proxy between strangers', () => {
  /** A client that says something to a server that says something, through a proxy. */
  async function strangers(
    clientSays: Buffer,
    serverSays: Buffer,
  ): Promise<{ heard: Buffer[]; proxy: ChaosProxy }> {
    const heardByServer: Buffer[] = []
    const heardByClient: Buffer[] = []
    const server = createServer(socket => {
      socket.on('error', () => {})
      socket.on('data', bytes => heardByServer.push(bytes))
      socket.end(serverSays)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const proxy = await startChaosProxy({ target: { port } })
    const client = connect(proxy.port, proxy.host)
    client.on('data', bytes => heardByClient.push(bytes))
    client.end(clientSays)
    await new Promise(resolve => client.on('close', resolve))
    await proxy.until(journal => journal.openConnections.length === 0)
    await proxy.close()
    await new Promise(resolve => server.close(resolve))
    return { heard: [Buffer.concat(heardByServer), Buffer.concat(heardByClient)], proxy }
  }

  it.each([
    ['silence', '', ''],
    ['bytes that are no packets', 'GET / HTTP/1.1\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\nhello'],
    ['half a header', '\x01\x00', '\x05'],
    ['a length that is never kept', '\xff\xff\xff\x00abc', '\xfe\xff\xff\x00abc'],
    ['empty packets', '\0\0\0\0'.repeat(50), '\0\0\0\0'.repeat(50)],
    ['a greeting of another protocol', '\x01\0\0\0\x01', '\x05\0\0\0\x09abcd'],
  ])('lets %s pass unchanged', async (_, clientSays, serverSays) => {
    const said = [Buffer.from(clientSays, 'latin1'), Buffer.from(serverSays, 'latin1')] as const
    const { heard } = await strangers(...said)
    expect(heard).toEqual([...said])
  })
})
