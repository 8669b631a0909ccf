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

/**
 * What the server says of a thread. `idle`: it waits for a command, and it may be ours; `other`: the number belongs to
 * somebody else by now.
 */
export type ThreadState = 'running' | 'idle' | 'other' | 'gone'

/** The mark of a link's thread while `sql` runs on it. */
export function threadMark(link: Link, sql: string | undefined): ThreadMark | undefined {
  if (link.threadId === null) return undefined
  return { threadId: link.threadId, user: link.config.user, localPort: link.stream.localPort, sql }
}

/** Characters before the first placeholder that tell one statement from another. */
const TELLING = 16

/** Whether two texts are the same statement. The server may show values where a prepared statement has placeholders. */
function sameStatement(ours: string, shown: string): boolean {
  const [beforePlaceholder = ''] = ours.split('?', 1)
  if (beforePlaceholder === ours) return ours.trim() === shown.trim()
  const prefix = beforePlaceholder.trim()
  return prefix.length >= TELLING && shown.trim().startsWith(prefix)
}

/** A thread as the process list shows it, compared with a mark. */
interface Sighting {
  readonly state: ThreadState
  /** Its port or its statement proves that it is ours. Thread numbers start anew when the server does. */
  readonly isOurs: boolean
}

async function sight(control: Link, mark: ThreadMark, timeoutMs: number): Promise<Sighting> {
  const sql = `SELECT USER AS user, HOST AS host, COMMAND AS command, INFO AS info FROM information_schema.PROCESSLIST WHERE ID = ${mark.threadId}`
  const [row] = await linkQuery(control, sql, timeoutMs)
  if (row === undefined) return { state: 'gone', isOurs: false }
  const samePort = mark.localPort !== undefined && String(row['host']).endsWith(`:${mark.localPort}`)
  const { info } = row
  const sameSql = mark.sql !== undefined && typeof info === 'string' && sameStatement(mark.sql, info)
  const isOurs = row['user'] === mark.user && (samePort || sameSql)
  if (row['user'] !== mark.user) return { state: 'other', isOurs }
  if (row['command'] === 'Sleep') return { state: 'idle', isOurs }
  return { state: isOurs ? 'running' : 'other', isOurs }
}

/** Asks the server, over another link, what became of a thread. */
export async function threadState(control: Link, mark: ThreadMark, timeoutMs: number): Promise<ThreadState> {
  return (await sight(control, mark, timeoutMs)).state
}

/** The server's number when a thread to be killed has ended. */
const NO_SUCH_THREAD = 1094

/**
 * Kills a thread if it is provably ours. `KILL QUERY` first lets the statement end in order, `KILL` then frees what its
 * transaction holds: the client is gone, but behind a silent network the server would not notice for long.
 */
export async function killThread(
  control: Link,
  mark: ThreadMark,
  timeoutMs: number,
): Promise<'killed' | 'gone'> {
  const { state, isOurs } = await sight(control, mark, timeoutMs)
  if (!isOurs) return 'gone'
  try {
    if (state === 'running') await linkQuery(control, `KILL QUERY ${mark.threadId}`, timeoutMs)
    await linkQuery(control, `KILL ${mark.threadId}`, timeoutMs)
  } catch (error) {
    if ((error as { errno?: number }).errno !== NO_SUCH_THREAD) throw error
  }
  return 'killed'
}
