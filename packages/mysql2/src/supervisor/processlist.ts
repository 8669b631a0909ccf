import type { Link } from '../link/link.js'
import { linkQuery } from '../link/link-query.js'

/** What identifies the server thread of a link from outside. */
export interface ThreadMark {
  readonly threadId: number
  readonly user: string | undefined
  /** The link's own port as its socket knows it; the server sees another one behind a proxy or NAT. */
  readonly localPort: number | undefined
  /** The statement that was running; compared, never shown. */
  readonly sql: string | undefined
}

/** What the server says of a thread. `other`: the number belongs to somebody else by now. */
export type ThreadState = 'running' | 'idle' | 'other' | 'gone'

/** The mark of a link's thread while `sql` runs on it. */
export function threadMark(link: Link, sql: string | undefined): ThreadMark | undefined {
  if (link.threadId === null) return undefined
  return {
    threadId: link.threadId,
    user: link.config.user,
    localPort: (link.stream as { localPort?: number }).localPort,
    sql,
  }
}

/** Whether two texts are the same statement. Placeholders may stand where the server shows values. */
function sameStatement(ours: string, shown: string): boolean {
  const prefix = ours.slice(0, ours.indexOf('?') >>> 0).trim()
  return prefix.length > 0 && shown.trim().startsWith(prefix)
}

/**
 * Asks the server, over another link, what became of a thread. Thread numbers start anew when the server does, so the
 * number alone proves nothing: the user must match, and the port or the running statement.
 */
export async function threadState(control: Link, mark: ThreadMark, timeoutMs: number): Promise<ThreadState> {
  const sql = `SELECT USER AS user, HOST AS host, COMMAND AS command, INFO AS info FROM information_schema.PROCESSLIST WHERE ID = ${mark.threadId}`
  const [row] = await linkQuery(control, sql, timeoutMs)
  if (row === undefined) return 'gone'
  const samePort = mark.localPort !== undefined && String(row['host']).endsWith(`:${mark.localPort}`)
  const info = typeof row['info'] === 'string' ? row['info'] : undefined
  const sameSql = mark.sql !== undefined && info !== undefined && sameStatement(mark.sql, info)
  if (row['user'] !== mark.user || !(samePort || sameSql || info === undefined)) return 'other'
  if (row['command'] === 'Sleep') return 'idle'
  return samePort || sameSql ? 'running' : 'other'
}
