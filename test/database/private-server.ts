import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { createAdmin } from './admin.js'
import { guard, removeServerFolder } from './guard.js'
import { claimPort } from './ports.js'
import { accounts } from './server-flags.js'
import { PortTakenError, ServerProcess } from './server-process.js'
import { copyData, preparedData } from './template.js'
import type { Admin, ConnectionConfig, Flavour, Server, ServerBinary, StartOptions } from './types.js'

const host = '127.0.0.1'
/** The server's own threads, and clients that have not logged in yet. */
const internalUsers: readonly string[] = ['system user', 'event_scheduler', 'unauthenticated user']
const defaultStartTimeoutMs = 60_000

/** Starts a server of our own on a copy of the prepared data folder. */
export async function startPrivateServer(binary: ServerBinary, options: StartOptions): Promise<Server> {
  const { owner, ready } = guard()
  await ready
  const template = await preparedData(binary)
  for (let attempt = 1; ; attempt++) {
    const { port, folder } = await claimPort(owner)
    const server = new PrivateServer(binary, options, port, folder)
    try {
      await mkdir(join(folder, 'tmp'))
      await copyData(template, join(folder, 'data'))
      await server.start()
      return server
    } catch (error) {
      await server.stop()
      if (!(error instanceof PortTakenError) || attempt === 10) throw error
    }
  }
}

class PrivateServer implements Server {
  readonly flavour: Flavour
  readonly version: string
  readonly host: string = host
  readonly port: number
  readonly socketPath: string
  readonly config: ConnectionConfig
  readonly rootConfig: ConnectionConfig
  readonly url: string
  readonly admin: Admin
  readonly breakable: boolean = true
  readonly #process: ServerProcess
  readonly #folder: string
  #stopped = false

  constructor(binary: ServerBinary, options: StartOptions, port: number, folder: string) {
    this.flavour = binary.flavour
    this.version = binary.version
    this.port = port
    this.#folder = folder
    const { app, root, database } = accounts
    this.config = { host, port, ...app, database }
    this.rootConfig = { host, port, ...root, database }
    this.url = `mysql://${app.user}:${app.password}@${host}:${port}/${database}`
    this.#process = new ServerProcess({
      binary,
      folder,
      port,
      flags: options.flags ?? [],
      startTimeoutMs: options.startTimeoutMs ?? defaultStartTimeoutMs,
      probe: () => this.#probe(),
    })
    this.socketPath = this.#process.socketPath
    this.admin = createAdmin({
      isClient: user => user !== accounts.admin.user && !internalUsers.includes(user),
      login: () => ({ ...accounts.admin, socketPath: this.socketPath, database }),
      assertReachable: () => {
        if (!this.#process.running) throw new Error('the server is down: start() it first')
        if (this.#process.frozen) throw new Error('the server is frozen: thaw() it first')
      },
    })
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  async #probe(): Promise<void> {
    const connection = await createConnection({
      ...accounts.admin,
      socketPath: this.socketPath,
      connectTimeout: 2_000,
    })
    try {
      await connection.query('SELECT 1')
    } finally {
      connection.destroy()
    }
  }

  async kill9(): Promise<void> {
    await this.#process.kill()
  }

  async start(): Promise<void> {
    this.#assertKept()
    await this.#process.start()
  }

  async restart({ graceful = true }: { readonly graceful?: boolean } = {}): Promise<void> {
    this.#assertKept()
    await (graceful ? this.#process.terminate() : this.#process.kill())
    await this.#process.start()
  }

  async freeze(): Promise<void> {
    await this.#process.freeze()
  }

  async thaw(): Promise<void> {
    await this.#process.thaw()
  }

  #assertKept(): void {
    if (this.#stopped) throw new Error('the server was stopped, and its data are gone: start a new one')
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#process.kill()
    await removeServerFolder(this.#folder, guard().owner)
  }

  async log(): Promise<string> {
    return await this.#process.log()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}
