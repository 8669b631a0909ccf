import type { Connection, RowDataPacket } from 'mysql2/promise'
import type { Server } from '../database/index.js'

/** Users of connections that are not the helper's: clients, and clients that log in. */
const clients = ['app', 'unauthenticated user', 'unauthenticated']

/** A client's thread, as the server sees it. */
export interface ServerThread {
  readonly id: number
  readonly command: string
  readonly timeS: number
}

/** One connection beside the thing under test, opened again after the server was down. */
export class AdminLink {
  readonly #server: Server
  #connection: Connection | undefined

  constructor(server: Server) {
    this.#server = server
  }

  async query<Row extends object = object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      return await this.#ask(sql, values)
    } catch (error) {
      // A fault has taken this connection too, which is no part of what is looked at.
      if ((error as { fatal?: boolean }).fatal !== true) throw error
      this.drop()
      return this.#ask(sql, values)
    }
  }

  /** The threads that clients have on the server. */
  async threads(): Promise<readonly ServerThread[]> {
    type Row = { Id: number; User: string; Command: string; Time: number }
    const rows = await this.query<Row>('SHOW PROCESSLIST')
    return rows
      .filter(({ User }) => clients.includes(User))
      .map(({ Id, Command, Time }) => ({ id: Number(Id), command: Command, timeS: Number(Time) }))
  }

  /** Waits until the server has no client left, so that nothing that was on its way can still happen. */
  async quiet(): Promise<void> {
    const giveUpAt = performance.now() + 10_000
    for (;;) {
      if ((await this.threads()).length === 0) return
      if (performance.now() > giveUpAt) throw new Error('The server did not get rid of its clients.')
      await new Promise(resolve => setTimeout(resolve, 2))
    }
  }

  drop(): void {
    this.#connection?.destroy()
    this.#connection = undefined
  }

  async #ask<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    if (!this.#connection) {
      this.#connection = await this.#server.admin.connect({ database: 'test' })
      // It is told to the next statement.
      this.#connection.on('error', () => undefined)
    }
    const [rows] = await this.#connection.query<RowDataPacket[]>(sql, [...values])
    return Array.isArray(rows) ? (rows as unknown as Row[]) : []
  }
}
