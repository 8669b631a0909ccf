import { type Connection, type ConnectionOptions, createConnection, type RowDataPacket } from 'mysql2/promise'
import type { Admin, ProcessRow } from './types.js'

export interface AdminOptions {
  /** Where and as whom to connect, at the time of the call. */
  readonly login: () => ConnectionOptions
  /** Throws when the server cannot answer now (down, frozen), instead of a wait without end. */
  readonly assertReachable: () => void
  /** Whether a thread is a client's, not the helper's own or the server's. */
  readonly isClient: (user: string) => boolean
}

export function createAdmin({ login, assertReachable, isClient }: AdminOptions): Admin {
  const connect = async (options: ConnectionOptions = {}): Promise<Connection> => {
    assertReachable()
    return await createConnection({ ...login(), ...options })
  }

  const query = async <Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]> => {
    const connection = await connect()
    try {
      const [rows] = await connection.query<RowDataPacket[]>(sql, values && [...values])
      return Array.isArray(rows) ? (rows as unknown as Row[]) : []
    } finally {
      await connection.end().catch(() => connection.destroy())
    }
  }

  const processlist = async (): Promise<ProcessRow[]> => {
    const rows = await query<ListedProcess>('SHOW FULL PROCESSLIST')
    return rows
      .filter(row => isClient(row.User))
      .map(row => ({
        id: Number(row.Id),
        user: row.User,
        host: row.Host,
        database: row.db,
        command: row.Command,
        timeS: Number(row.Time),
        state: row.State,
        info: row.Info,
      }))
  }

  const kill = async (threadId: number): Promise<void> => {
    if (!Number.isInteger(threadId) || threadId <= 0) {
      throw new TypeError(`threadId must be a positive integer, got ${typeof threadId} ${String(threadId)}`)
    }
    await query(`KILL CONNECTION ${threadId}`)
  }

  const killAll = async (): Promise<number[]> => {
    const ids = (await processlist()).map(row => row.id)
    const killed: number[] = []
    for (const id of ids) {
      try {
        await kill(id)
        killed.push(id)
      } catch (error) {
        // It went away by itself meanwhile.
        if ((error as { errno?: number }).errno !== 1094) throw error
      }
    }
    return killed
  }

  return { query, kill, killAll, processlist, connect }
}

interface ListedProcess {
  readonly Id: number
  readonly User: string
  readonly Host: string
  readonly db: string | null
  readonly Command: string
  readonly Time: number
  readonly State: string | null
  readonly Info: string | null
}
