import { atCommit, cut, cutAfterForward, silence } from '@comeback/chaos'
import type { Server } from '@comeback/test/database'
import type { Side } from './side.js'

/** Something that befalls the database while the applications run. */
export interface Calamity {
  readonly name: string
  /** When it strikes, in milliseconds after the start. */
  readonly atMs: number
  /** How long it is felt, for the plot. */
  readonly lastsMs: number
  strike(server: Server, sides: readonly Side[]): Promise<void>
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** All of it happens to both applications at the same time. */
export const calamities: readonly Calamity[] = [
  {
    name: 'all connections killed',
    atMs: 2_000,
    lastsMs: 100,
    strike: async server => {
      await server.admin.killAll()
    },
  },
  {
    name: 'server restarted',
    atMs: 4_500,
    lastsMs: 400,
    strike: server => server.restart(),
  },
  {
    name: 'server SIGKILLed, away for a second',
    atMs: 8_000,
    lastsMs: 1_200,
    strike: async server => {
      await server.kill9()
      await pause(1_000)
      await server.start()
    },
  },
  {
    name: 'a COMMIT swallowed on its way',
    atMs: 12_000,
    lastsMs: 100,
    strike: async (_server, sides) => {
      for (const { proxy } of sides) proxy.inject(cut(), atCommit())
    },
  },
  {
    name: 'a COMMIT’s answer swallowed',
    atMs: 13_500,
    lastsMs: 100,
    strike: async (_server, sides) => {
      for (const { proxy } of sides) proxy.inject(cutAfterForward(), atCommit())
    },
  },
  {
    name: 'server frozen',
    atMs: 15_000,
    lastsMs: 700,
    strike: async server => {
      await server.freeze()
      await pause(700)
      await server.thaw()
    },
  },
  {
    name: 'all connections forgotten by a firewall',
    atMs: 17_500,
    lastsMs: 1_500,
    strike: async (_server, sides) => {
      for (const { proxy } of sides) {
        for (const { id } of proxy.journal.openConnections) proxy.inject(silence(), { connection: id })
      }
    },
  },
]

/** How long the applications are kept busy. */
export const LOAD_MS = 22_000
