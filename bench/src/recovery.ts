import { startChaosProxy } from '@comeback/chaos'
import type { Server } from '@comeback/test/database'
import { median } from 'simple-statistics'
import { open } from './stacks/knex.js'

/** How an outage ends for so many waiting callers. */
export interface Recovery {
  readonly callers: number
  /** From the moment at which the server accepts connections to the first success. */
  readonly recoveryMs: number
  /** Connections opened until all callers were served. */
  readonly connects: number
}

const OUTAGE_MS = 400
const ROUNDS = 9

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

async function once(server: Server, callers: number): Promise<{ ms: number; connects: number }> {
  const proxy = await startChaosProxy({ target: { host: server.host, port: server.port } })
  const client = await open('comeback', proxy.config(server.config))
  await client.select()
  await proxy.refuse()
  proxy.cutAll()
  await pause(20)
  let firstAt: number | undefined
  const served = Array.from({ length: callers }, async () => {
    await client.select()
    firstAt ??= performance.now()
  })
  await pause(OUTAGE_MS)
  proxy.journal.clear()
  await proxy.accept()
  const acceptedAt = performance.now()
  await Promise.all(served)
  const result = { ms: (firstAt ?? Number.NaN) - acceptedAt, connects: proxy.journal.connections.length }
  await client.close()
  await proxy.close()
  return result
}

/** Median of several outages. */
export async function recovery(server: Server, callers: number): Promise<Recovery> {
  const results: { ms: number; connects: number }[] = []
  for (let round = 0; round < ROUNDS; round += 1) results.push(await once(server, callers))
  return {
    callers,
    recoveryMs: median(results.map(({ ms }) => ms)),
    connects: Math.max(...results.map(({ connects }) => connects)),
  }
}
