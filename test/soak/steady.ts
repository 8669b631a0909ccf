import { resourcesNow } from '../sweep/leftovers.js'
import type { Ground } from './ground.js'

/** The client's, and on both sides of its proxy. */
const socketsOfLink = 3
const patienceMs = 2_000

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** Waits a little until there are no more sockets and threads than the open links need, and says what is too many. */
export async function excess({ eye, sides }: Ground): Promise<readonly string[]> {
  const giveUpAt = performance.now() + patienceMs
  for (;;) {
    const rows = await eye.query<{ User: string }>('SHOW PROCESSLIST')
    const threads = rows.filter(({ User }) => User === 'app').length
    const links = sides.reduce((sum, { proxy }) => sum + proxy.journal.openConnections.length, 0)
    const sockets = resourcesNow().get('TCPSocketWrap') ?? 0
    const found: string[] = []
    if (sockets !== links * socketsOfLink) found.push(`${sockets} sockets for ${links} links`)
    if (threads !== links) found.push(`${threads} server threads for ${links} links`)
    if (found.length === 0 || performance.now() > giveUpAt) return found
    await pause(20)
  }
}
