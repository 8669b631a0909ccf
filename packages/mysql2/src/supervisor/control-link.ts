import type { DriverConfig } from '../driver/driver-types.js'
import type { Link } from '../link/link.js'
import { openLink } from '../link/open-link.js'
import { killThread, type ThreadMark, type ThreadState, threadState } from './processlist.js'

/** Opens a link of Comeback's own beside the sessions', uses it and closes it. */
async function withControlLink<T>(
  config: DriverConfig,
  timeoutMs: number,
  use: (control: Link) => Promise<T>,
): Promise<T> {
  const control = await openLink(config, undefined, timeoutMs)
  try {
    return await use(control)
  } finally {
    control.end()
    control.stream.destroySoon()
  }
}

/** Ends on the server what an abandoned link was doing. Never rejects. */
export async function killAbandoned(
  config: DriverConfig,
  mark: ThreadMark,
  timeoutMs: number,
): Promise<'killed' | 'gone' | 'failed'> {
  try {
    return await withControlLink(config, timeoutMs, control => killThread(control, mark, timeoutMs))
  } catch {
    // The server is not to be had; the thread ends when it notices that nobody is there.
    return 'failed'
  }
}

/** Asks what a thread is doing. `unreachable`: the server can not be asked. Never rejects. */
export async function probeThread(
  config: DriverConfig,
  mark: ThreadMark,
  timeoutMs: number,
): Promise<ThreadState | 'unreachable'> {
  try {
    return await withControlLink(config, timeoutMs, control => threadState(control, mark, timeoutMs))
  } catch {
    return 'unreachable'
  }
}
