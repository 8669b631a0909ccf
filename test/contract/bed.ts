import { type ChaosProxy, startChaosProxy } from '@comeback/chaos'
import type { Policy } from '@comeback/core'
import type { ConnectionConfig, Flavour, Server } from '../database/index.js'
import { startServer } from '../database/index.js'
import { DeafKiller } from './deaf-killer.js'
import type { ContractClient, Stack } from './stack.js'

/** Recovery that a test can wait for: bounds far below any test timeout, far above what a busy machine needs. */
export const patientPolicy: Policy = {
  retry: { deadlineMs: 6_000 },
  outage: { maxWaitMs: 6_000, connectTimeoutMs: 2_000 },
  prePing: { afterIdleMs: 50, timeoutMs: 300 },
  watchdog: { afterMs: 300, timeoutMs: 500 },
}

let markers = 0

/** A value that no other test writes. */
export function marker(): string {
  markers += 1
  return `fact-${process.pid}-${markers}`
}

/** What the tests of one stack on one server share. */
export class ContractBed {
  readonly stack: Stack
  readonly flavour: Flavour
  readonly #flags: readonly string[]
  #server: Server | undefined
  #proxy: ChaosProxy | undefined
  #killer: DeafKiller | undefined
  readonly #clients: ContractClient[] = []

  constructor(stack: Stack, flavour: Flavour, flags: readonly string[] = []) {
    this.stack = stack
    this.flavour = flavour
    this.#flags = flags
  }

  get server(): Server {
    if (this.#server === undefined) throw new Error('The bed is not made.')
    return this.#server
  }

  get proxy(): ChaosProxy {
    if (this.#proxy === undefined) throw new Error('The bed is not made.')
    return this.#proxy
  }

  async make(): Promise<void> {
    this.#server = await startServer({ flavour: this.flavour, flags: this.#flags })
    this.#proxy = await startChaosProxy({ target: { host: this.server.host, port: this.server.port } })
    this.#killer = new DeafKiller(this.server.rootConfig)
    await this.server.admin.query(
      'CREATE TABLE test.facts (id INT PRIMARY KEY AUTO_INCREMENT, value VARCHAR(64) NOT NULL, KEY (value)) ENGINE=InnoDB',
    )
  }

  /** Opens a client of the stack; through the proxy unless another way is named. */
  async open(
    options: { slots?: number; policy?: Policy; config?: Partial<ConnectionConfig> } = {},
  ): Promise<ContractClient> {
    const config = { ...this.proxy.config(this.server.config), ...options.config } as ConnectionConfig
    const policy = { ...patientPolicy, ...options.policy }
    const client = await this.stack.open({ config, slots: options.slots ?? 1, policy })
    this.#clients.push(client)
    return client
  }

  /** The way around the proxy, for faults that must not be seen coming. */
  get direct(): Partial<ConnectionConfig> {
    return { host: this.server.host, port: this.server.port }
  }

  /** Kills every client's thread while this process is deaf: what it reads next is the death itself. */
  killUnseen(): void {
    if (this.#killer === undefined) throw new Error('The bed is not made.')
    this.#killer.killAll()
  }

  /** Kills every client's thread and waits until this process has been told. */
  async killSeen(): Promise<void> {
    const before = this.proxy.journal.openConnections.length
    await this.server.admin.killAll()
    if (before > 0) await this.allGone()
  }

  /** Waits until no client has a connection, and until it must know. */
  async allGone(): Promise<void> {
    await this.proxy.until(journal => journal.openConnections.length === 0)
    // The client's own socket hears of it a turn after the proxy's journal.
    await new Promise(resolve => setTimeout(resolve, 20))
  }

  /** How many rows hold the value, by the server's own word. */
  async rows(value: string): Promise<number> {
    const [row] = await this.server.admin.query<{ n: number }>(
      'SELECT COUNT(*) AS n FROM test.facts WHERE value = ?',
      [value],
    )
    return Number(row?.n)
  }

  /** How often a statement that names the value went to the server, by the wire. */
  sent(value: string): number {
    return this.proxy.journal.sentTimes(new RegExp(`${value}\\b`))
  }

  /** After each test: no fault, no client, nothing in the journal. */
  async tidy(): Promise<void> {
    this.proxy.clear()
    for (const client of this.#clients.splice(0)) await client.close().catch(() => undefined)
    this.proxy.cutAll('rst')
    this.proxy.journal.clear()
  }

  async unmake(): Promise<void> {
    await this.#killer?.close()
    await this.#proxy?.close()
    await this.#server?.stop()
  }
}
