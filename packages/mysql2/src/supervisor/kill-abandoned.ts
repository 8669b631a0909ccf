import type { Link } from '../link/link.js'
import { linkQuery } from '../link/link-query.js'
import { type ThreadMark, threadState } from './processlist.js'

/**
 * Ends on the server what a caller no longer waits for, so that it frees its locks now and not when it is done.
 * Resolves to whether it was killed: only a thread that is provably ours is. `KILL` alone would do for the thread;
 * `KILL QUERY` first gives the statement the chance to end in order.
 */
export async function killAbandoned(control: Link, mark: ThreadMark, timeoutMs: number): Promise<boolean> {
  if ((await threadState(control, mark, timeoutMs)) !== 'running') return false
  try {
    await linkQuery(control, `KILL QUERY ${mark.threadId}`, timeoutMs)
    await linkQuery(control, `KILL ${mark.threadId}`, timeoutMs)
  } catch (error) {
    // 1094: it ended by itself between the look and the kill.
    if ((error as { errno?: number }).errno !== 1094) throw error
  }
  return true
}
