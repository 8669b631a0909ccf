import { randomBytes } from 'node:crypto'
import { type ConnectionOptions, createConnection } from 'mysql2/promise'
import { createAdmin } from './admin.js'
import type { Admin, ConnectionConfig, Flavour, Server, ServerUrl, StartOptions } from './types.js'

/**
 * A database and a user of its own on a server that somebody else runs. That server cannot be killed,
 * restarted or frozen from here.
 */
export async function useExternalServer(found: ServerUrl, options: StartOptions): Promise<Server> {
  if (options.flags !== undefined && options.flags.length > 0) {
    throw new Error(`startServer: flags cannot be given to the server ${found.origin}, which runs already`)
  }
  const name = `comeback_${randomBytes(5).toString('hex')}`
  const server = new ExternalServer(found, name, randomBytes(12).toString('hex'))
  await server.create()
  return server
}

class ExternalServer implements Server {
  readonly flavour: Flavour
  readonly version: string
  readonly host: string
  readonly port: number
  readonly socketPath: undefined
  readonly pid: undefined
  readonly config: ConnectionConfig
  readonly rootConfig: ConnectionConfig
  readonly url: string
  readonly admin: Admin
  readonly breakable: boolean = false
  readonly #origin: string
  readonly #login: ConnectionOptions
  #stopped = false

  constructor({ flavour, version, origin, url }: ServerUrl, name: string, password: string) {
    const { hostname, port, username, password: rootPassword } = new URL(url)
    this.flavour = flavour
    this.version = version
    this.#origin = origin
    this.host = hostname
    this.port = port === '' ? 3306 : Number(port)
    const address = { host: this.host, port: this.port, database: name }
    this.config = { ...address, user: name, password }
    this.rootConfig = {
      ...address,
      user: decodeURIComponent(username),
      password: decodeURIComponent(rootPassword),
    }
    this.url = `mysql://${name}:${password}@${hostname}:${this.port}/${name}`
    // The URL's own parameters (TLS and so on) hold for the helper; the database does not exist before
    // create().
    this.#login = { uri: url }
    this.admin = createAdmin({
      login: () => (this.#stopped ? this.#login : { ...this.#login, database: name }),
      assertReachable: () => {},
      // Other tests may be using the same server.
      isClient: user => user === name,
    })
  }

  async create(): Promise<void> {
    const { user, password, database } = this.config
    await this.#run(
      `CREATE DATABASE \`${database}\``,
      `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`,
      `GRANT ALL ON \`${database}\`.* TO '${user}'@'%'`,
    )
  }

  async #run(...statements: string[]): Promise<void> {
    const connection = await createConnection(this.#login)
    try {
      for (const statement of statements) await connection.query(statement)
    } finally {
      await connection.end()
    }
  }

  kill9(): Promise<void> {
    return this.#refuse('killed')
  }

  start(): Promise<void> {
    return this.#refuse('started')
  }

  restart(): Promise<void> {
    return this.#refuse('restarted')
  }

  freeze(): Promise<void> {
    return this.#refuse('frozen')
  }

  thaw(): Promise<void> {
    return this.#refuse('thawed')
  }

  #refuse(what: string): Promise<never> {
    return Promise.reject(
      new Error(
        `the server ${this.#origin} cannot be ${what} from here, because it is known by its address only. Name the path of a server program instead`,
      ),
    )
  }

  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    await this.admin.killAll()
    await this.#run(
      `DROP DATABASE IF EXISTS \`${this.config.database}\``,
      `DROP USER IF EXISTS '${this.config.user}'@'%'`,
    )
  }

  async log(): Promise<string> {
    return ''
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}
