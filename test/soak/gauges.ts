import { getHeapCodeStatistics } from 'node:v8'
import type { AdminLink } from '../sweep/admin-link.js'
import { resourcesNow } from '../sweep/leftovers.js'
import { late, within } from '../sweep/within.js'
import type { Side } from './side.js'

/** What of a process and a server is looked at over time. */
export interface Gauges {
  readonly heapBytes: number
  readonly rssBytes: number
  readonly sockets: number
  readonly timers: number
  /** Of the process itself. */
  readonly listeners: number
  /** Links that the pools have open. */
  readonly links: number
  /** Undefined while the server does not answer. */
  readonly threads: number | undefined
}

const threadsMs = 200

async function threadsOf(admin: AdminLink): Promise<number | undefined> {
  const asked = admin.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Threads_connected'")
  const rows = await within(threadsMs, asked).catch(() => late)
  return rows === late ? undefined : Number((rows as readonly { Value: string }[])[0]?.Value)
}

const listenersOf = (emitter: NodeJS.EventEmitter): number =>
  emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)

export async function readGauges(sides: readonly Side[], admin: AdminLink): Promise<Gauges> {
  const threads = await threadsOf(admin)
  const resources = resourcesNow()
  const { heapUsed, rss } = process.memoryUsage()
  return {
    heapBytes: heapUsed,
    rssBytes: rss,
    sockets: resources.get('TCPSocketWrap') ?? 0,
    timers: resources.get('Timeout') ?? 0,
    listeners: listenersOf(process),
    links: sides.reduce((sum, { proxy }) => sum + proxy.journal.openConnections.length, 0),
    threads,
  }
}

const readings = 6
const betweenMs = 30

/** Gauges in a calm: of some readings the fewest timers, which come and go with every ping. */
export async function readCalmGauges(sides: readonly Side[], admin: AdminLink): Promise<Gauges> {
  let least = await readGauges(sides, admin)
  for (let reading = 1; reading < readings; reading++) {
    await new Promise(resolve => setTimeout(resolve, betweenMs))
    const next = await readGauges(sides, admin)
    if (next.timers < least.timers) least = next
  }
  return least
}

/**
 * Heap in use when everything that nobody holds is gone. Without compiled code, of which V8 makes more for a long time: it is made once
 * for what is in the program, and so is no leak.
 */
export function heapAfterGc(): number {
  if (!globalThis.gc) throw new Error('The soak needs node --expose-gc.')
  // What the first lets go may have held more.
  globalThis.gc()
  globalThis.gc()
  const code = getHeapCodeStatistics()
  return process.memoryUsage().heapUsed - code.code_and_metadata_size - code.bytecode_and_metadata_size
}
