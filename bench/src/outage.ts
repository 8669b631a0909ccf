import { type ChaosProxy, silence, startChaosProxy } from '@comeback/chaos'
import type { Server } from '@comeback/test/database'
import { call } from './callers.js'
import { AGAIN_MS, BOUND_MS, type OutageKind, type Result } from './outages.js'
import { pin } from './pin.js'
import type { Variant } from './stack.js'
import { type StackName, stacks } from './stacks.js'
import type { Uncaught } from './uncaught.js'

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** Longer than what any library takes for idle. */
const IDLE_MS = 1_500
const SETTLING_MS = 150
const CLOSING_MS = 2_000

/** What an outage needs: where it strikes, and when the callers call and the server accepts. */
interface Scene {
  readonly server: Server
  readonly proxy: ChaosProxy
  begin(): void
  accepted(): void
}

const outages: Readonly<Record<OutageKind, (scene: Scene) => Promise<void>>> = {
  async restart({ server, proxy, begin, accepted }) {
    await proxy.refuse()
    const restarted = server.restart()
    await proxy.until(({ openConnections }) => openConnections.length === 0)
    begin()
    await restarted
    pin(server.pid)
    await proxy.accept()
    accepted()
  },
  async cut({ proxy, begin, accepted }) {
    accepted()
    proxy.cutAll()
    begin()
  },
  async silence({ proxy, begin, accepted }) {
    await pause(IDLE_MS)
    for (const { id } of proxy.journal.openConnections) {
      await proxy.inject(silence(), { phase: 'idle', connection: id }).whenHit()
    }
    accepted()
    begin()
  },
}

/** One outage for so many callers of one library, with connections for them already open. */
export async function outage(
  server: Server,
  stack: StackName,
  variant: Variant,
  kind: OutageKind,
  callers: number,
  uncaught: Uncaught,
): Promise<Result> {
  await using proxy = await startChaosProxy({ target: { host: server.host, port: server.port } })
  const { open } = await stacks[stack].load()
  const client = await open(variant, proxy.config(server.config))
  await Promise.all(Array.from({ length: callers }, () => client.select()))
  // Some pools go on to open connections that nobody has asked for.
  await pause(SETTLING_MS)
  const before = uncaught.count
  const crowd = call(client, callers, AGAIN_MS)
  await outages[kind]({ server, proxy, begin: crowd.begin, accepted: crowd.accepted })
  const result = await crowd.served(BOUND_MS)
  const thrown = kind === 'silence' ? undefined : uncaught.count - before
  // Some wait for a call that has no end.
  await Promise.race([client.close().catch(() => undefined), pause(CLOSING_MS)])
  return { ...result, uncaught: thrown }
}
