import { setTimeout as pause } from 'node:timers/promises'
import { type ChaosProxy, startChaosProxy } from '@comeback/chaos'
import { createConnectionPromise, createPoolPromise, type Policy } from '@comeback/mysql2'
import type { Connection as CallbackConnection, ConnectionOptions, PoolOptions } from 'mysql2'
import type { Connection, Pool, ResultSetHeader, RowDataPacket } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { DeafKiller } from '../contract/deaf-killer.js'
import { availableServers, type Flavour, type Server, startServer } from '../database/index.js'

/** Recovery that a test can wait for: bounds far below any test timeout, far above what a busy machine needs. */
export const patientPolicy: Policy = {
  retry: { deadlineMs: 6_000 },
  outage: { maxWaitMs: 6_000, connectTimeoutMs: 2_000 },
}

const names: Readonly<Record<Flavour, string>> = { mariadb: 'MariaDB', mysql: 'MySQL' }

/** Asks again and again until the answer is true. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const giveUpAt = performance.now() + 8_000
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`Waited in vain: ${what}`)
    await pause(5)
  }
}

/** A value that no other test writes. */
export function marker(): string {
  markers += 1
  return `fact-${process.pid}-${markers}`
}
let markers = 0

/** A server, a proxy before it and the sessions of one test. */
export class Bed {
  readonly flavour: Flavour
  readonly #flags: readonly string[]
  #parts: { server: Server; proxy: ChaosProxy; killer: DeafKiller } | undefined
  readonly #open: (() => unknown)[] = []

  constructor(flavour: Flavour, flags: readonly string[]) {
    this.flavour = flavour
    this.#flags = flags
  }

  get #made(): { server: Server; proxy: ChaosProxy; killer: DeafKiller } {
    if (this.#parts === undefined) throw new Error('The bed is not made.')
    return this.#parts
  }

  get server(): Server {
    return this.#made.server
  }

  get proxy(): ChaosProxy {
    return this.#made.proxy
  }

  async make(): Promise<void> {
    const server = await startServer({ flavour: this.flavour, flags: this.#flags })
    const proxy = await startChaosProxy({ target: { host: server.host, port: server.port } })
    this.#parts = { server, proxy, killer: new DeafKiller(server.rootConfig) }
    await server.admin.query(
      'CREATE TABLE test.facts (id INT PRIMARY KEY AUTO_INCREMENT, value VARCHAR(64) NULL) ENGINE=InnoDB',
    )
  }

  async unmake(): Promise<void> {
    await this.#parts?.killer.close()
    await this.#parts?.proxy.close()
    await this.#parts?.server.stop()
  }

  /** After each test: no fault, no session, nothing in the journal. */
  async tidy(): Promise<void> {
    this.proxy.clear()
    for (const close of this.#open.splice(0)) close()
    this.proxy.cutAll('rst')
    await this.server.admin.killAll()
    this.proxy.journal.clear()
  }

  /** Connection options that lead through the proxy. */
  get viaProxy(): ConnectionOptions {
    return this.proxy.config(this.server.config)
  }

  /** Sees to it that something is closed when the test is over. */
  closing<T extends { destroy(): unknown }>(connection: T): T {
    this.#open.push(() => connection.destroy())
    return connection
  }

  /** As `closing`, for what is ended by a call. */
  ending(end: () => unknown): void {
    this.#open.push(end)
  }

  /** A session through the proxy unless other options are given. */
  async connect(options: ConnectionOptions = {}, policy: Policy = {}): Promise<Connection> {
    return this.closing(
      await createConnectionPromise({ ...this.viaProxy, ...options }, { ...patientPolicy, ...policy }),
    )
  }

  pool(options: PoolOptions = {}, policy: Policy = {}): Pool {
    const pool = createPoolPromise({ ...this.viaProxy, ...options }, { ...patientPolicy, ...policy })
    this.ending(() => pool.end().catch(() => undefined))
    return pool
  }

  /** The way around the proxy, for a death that this thread must not hear of while it stands still. */
  get direct(): ConnectionOptions {
    return { host: this.server.host, port: this.server.port }
  }

  /** Kills every client's thread while this process is deaf. */
  killUnseen(): void {
    this.#made.killer.killAll()
  }

  /** Kills a session's thread and waits until the session has been told. */
  async lose(connection: { threadId: number; connection?: object }): Promise<void> {
    const { stream } = (connection.connection ?? connection) as { stream: { destroyed: boolean } }
    await this.server.admin.kill(connection.threadId)
    await until(() => stream.destroyed, 'the session has heard of its loss')
  }

  /** How many rows hold the value, by the server's own word. */
  async rows(value: string): Promise<number> {
    const [row] = await this.server.admin.query<{ n: number }>(
      'SELECT COUNT(*) AS n FROM test.facts WHERE value = ?',
      [value],
    )
    return Number(row?.n)
  }

  /** Drops what a test has made. */
  async dropping(sql: string): Promise<void> {
    await this.server.admin.query(sql)
  }
}

/** Tells facts of every server that is to be had. */
export async function onEveryServer(tell: (bed: Bed) => void, flags: readonly string[] = []): Promise<void> {
  for (const { flavour } of await availableServers()) {
    describe(names[flavour], () => {
      const bed = new Bed(flavour, flags)
      beforeAll(() => bed.make())
      afterEach(() => bed.tidy())
      afterAll(() => bed.unmake())
      tell(bed)
    })
  }
}

/** The first row of a query. */
export async function firstRow(connection: Pick<Connection, 'query'>, sql: string): Promise<RowDataPacket> {
  const [[row]] = await connection.query<RowDataPacket[]>(sql)
  if (row === undefined) throw new Error('No row.')
  return row
}

/** Runs a statement that changes something. */
export async function change(
  connection: Pick<Connection, 'query'>,
  sql: string,
  values: unknown[] = [],
): Promise<ResultSetHeader> {
  const [header] = await connection.query<ResultSetHeader>(sql, values)
  return header
}

/** The callback connection that a promise connection is made of. */
export function callbackSide(session: Connection): CallbackConnection {
  return (session as unknown as { readonly connection: CallbackConnection }).connection
}
