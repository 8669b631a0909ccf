import { type ChaosProxy, type JournalConnection, startChaosProxy } from '@comeback/chaos'
import type { Policy } from '@comeback/core'
import type { ContractClient, Stack } from '../contract/stack.js'
import type { Server } from '../database/index.js'
import { late, within } from '../sweep/within.js'

/** One of the applications that run side by side: a stack with a pool of its own, and its own way to the server. */
export interface Side {
  readonly name: string
  readonly client: ContractClient
  readonly proxy: ChaosProxy
  /** When the journal's time began. */
  readonly openedAt: number
  /** Connections that were open when the round began; the journal has only those that came since. */
  known: readonly JournalConnection[]
}

/** Connections that each pool may have. */
export const slots = 4

const watchdog = { afterMs: 200, timeoutMs: 300 }

/** A client gives up what has had no answer for so long. */
export const silenceMs: number = watchdog.afterMs + watchdog.timeoutMs

/** Short, so that silence costs little; and links grow old, and are kept alive, many times in a minute. */
const policy: Policy = {
  retry: { deadlineMs: 1_500 },
  outage: { maxWaitMs: 3_000, connectTimeoutMs: 500 },
  prePing: { afterIdleMs: 500, timeoutMs: 300 },
  watchdog,
  keepAlive: { everyMs: 700 },
  maxLifetimeMs: 20_000,
}

/**
 * When a promise counts as one that never settles. The longest task waits for a connection behind another that waits for the server to
 * come back, and each of its statements may wait as long once more.
 */
export const patienceMs = 10_000

const closingMs = 5_000

export async function openSide(stack: Stack, server: Server): Promise<Side> {
  const openedAt = performance.now()
  const proxy = await startChaosProxy({ target: { host: server.host, port: server.port } })
  const client = await stack.open({ config: proxy.config(server.config), slots, policy })
  return { name: stack.name, client, proxy, openedAt, known: [] }
}

/** Closes it; whether its client could be closed. */
export async function closeSide({ client, proxy }: Side): Promise<boolean> {
  proxy.clear()
  const closed = await within(closingMs, client.close()).catch((error: unknown) => error)
  proxy.cutAll('rst')
  await proxy.close()
  return closed !== late && !(closed instanceof Error)
}
