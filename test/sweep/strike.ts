import {
  type ChaosProxy,
  cut,
  cutAfterForward,
  cutInsideRequest,
  type Fault,
  hold,
  type InjectedFault,
  injectError,
  silence,
  type Trigger,
} from '@comeback/chaos'
import type { Server } from '../database/index.js'
import type { AdminLink } from './admin-link.js'
import type { FaultName } from './faults.js'
import type { Place } from './points.js'

/** What a fault is armed in. */
export interface Scene {
  readonly proxy: ChaosProxy
  readonly server: Server
  readonly admin: AdminLink
}

/** A fault that lies in wait. */
export interface Strike {
  readonly hit: boolean
  /** If it has not struck, it does so no more; if it has, waits until what it has done to the server is undone. */
  over(): Promise<void>
}

/** Well beyond the watchdog, well within the deadline. */
const frozenMs = 600
const readOnlyMs = 300
/** A server with transactions in progress may take its time to become read-only. */
const readOnlyPatienceMs = 50

/** Faults that a proxy makes alone. */
export const simple: Partial<Record<FaultName, () => Fault>> = {
  fin: () => cut(),
  rst: () => cut({ how: 'rst' }),
  silence: () => silence(),
  mute: () => silence({ direction: 'to-client' }),
  'half-packet': () => cut(),
  'cut-before': () => cut(),
  'cut-after': () => cutAfterForward({ how: 'rst' }),
  'half-request': () => cutInsideRequest({ afterBytes: 5 }),
  'error-1053': () => injectError({ errno: 1053 }),
  'error-1927': () => injectError({ errno: 1927 }),
  'error-4031': () => injectError({ errno: 4031 }),
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** What is done to the server while the packets stand still. It settles when they may go on; what it returns, when it is undone. */
export type Deed = (scene: Scene, thread: number | undefined) => Promise<(() => Promise<unknown>) | undefined>

async function killThread({ admin }: Scene, what: string, thread: number | undefined): Promise<undefined> {
  if (thread === undefined) throw new Error('The thread to be killed is not known.')
  await admin.query(`KILL ${what} ${thread}`).catch((error: { errno?: number }) => {
    // It has gone by itself.
    if (error.errno !== 1094) throw error
  })
}

/** Faults that are done to the server. */
export const deeds: Partial<Record<FaultName, Deed>> = {
  kill: (scene, thread) => killThread(scene, 'CONNECTION', thread),
  'kill-query': (scene, thread) => killThread(scene, 'QUERY', thread),
  sigkill: async ({ server }) => {
    await server.kill9()
    const started = server.start()
    return () => started
  },
  restart: async ({ server }) => {
    const restarted = server.restart()
    return () => restarted
  },
  sigstop: async ({ server }) => {
    await server.freeze()
    const thawed = pause(frozenMs).then(() => server.thaw())
    return () => thawed
  },
  'read-only': async ({ admin }) => {
    const set = admin.query('SET GLOBAL read_only = 1')
    await Promise.race([set, pause(readOnlyPatienceMs)])
    const lifted = pause(readOnlyMs).then(async () => {
      await set
      await admin.query('SET GLOBAL read_only = 0')
    })
    return () => lifted
  },
}

function triggerAt({ connection, kind, number }: Place): Trigger {
  switch (kind) {
    case 'connect':
    case 'login':
      return { phase: kind, connection }
    case 'command':
      return { connection, command: number }
    case 'up':
    case 'down':
      return {
        phase: 'stream',
        connection,
        direction: kind === 'up' ? 'to-server' : 'to-client',
        afterPackets: number,
      }
  }
}

/** Lays a fault in wait. */
export function arm(fault: FaultName, place: Place, scene: Scene): Strike {
  const { proxy } = scene
  const trigger = triggerAt(place)
  const make = simple[fault]
  if (make) {
    const within = fault === 'half-packet' ? { afterBytes: 5 } : {}
    const injected = proxy.inject(make(), { ...trigger, ...within })
    return strikeOf(injected, Promise.resolve(undefined))
  }
  const deed = deeds[fault]
  if (!deed) throw new Error(`Nobody knows how to do ${fault}.`)
  const held = hold()
  const injected = proxy.inject(held, trigger)
  const done = injected.whenHit({ timeoutMs: 2 ** 31 - 1 }).then(async ({ connection }) => {
    try {
      return await deed(scene, connection.threadId)
    } finally {
      held.release()
    }
  })
  // Without a hit it fails when the proxy is closed; after one, over() tells.
  done.catch(() => undefined)
  return strikeOf(injected, done)
}

function strikeOf(injected: InjectedFault, done: ReturnType<Deed>): Strike {
  return {
    get hit() {
      return injected.hits > 0
    },
    over: async () => {
      injected.remove()
      if (injected.hits > 0) await (await done)?.()
    },
  }
}
