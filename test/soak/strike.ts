import { atCommit, cut, delay, type Fault, type InjectedFault, slow, type Trigger } from '@comeback/chaos'
import type { Server } from '../database/index.js'
import type { AdminLink } from '../sweep/admin-link.js'
import { deeds, type Scene, type Strike, simple } from '../sweep/strike.js'
import type { PlannedTrouble } from './plan.js'
import type { Side } from './side.js'
import { isOwnTrouble, type OwnTrouble } from './troubles.js'

/** What troubles are made with. */
export interface Stage {
  readonly server: Server
  readonly admin: AdminLink
  readonly sides: readonly Side[]
}

const standstillMs = 600
const refusedMs = 500

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** The one of the open connections that the plan means. */
function chosen({ proxy }: Side, share: number): { id: number; threadId: number | undefined } | undefined {
  const open = proxy.journal.openConnections.filter(({ loggedIn }) => loggedIn)
  return open[Math.floor(share * open.length)]
}

function triggerAt({ where, nth, share, name }: PlannedTrouble, side: Side): Trigger | undefined {
  switch (where) {
    case 'commit':
      return atCommit({ nth })
    case 'connect':
    case 'login':
      return { phase: where }
    case 'command':
      return { nth }
    case 'up':
    case 'down': {
      const connection = side.proxy.journal.openConnections.find(({ id }) => id === chosen(side, share)?.id)
      if (!connection) return undefined
      const { id, packetsToServer, packetsToClient } = connection
      const direction = where === 'up' ? 'to-server' : 'to-client'
      const afterPackets = (where === 'up' ? packetsToServer : packetsToClient) + nth
      const within = name === 'half-packet' ? { afterBytes: 5 } : {}
      return { phase: 'stream', connection: id, direction, afterPackets, ...within }
    }
    case 'now':
      return undefined
  }
}

const ownFaults: Partial<Record<OwnTrouble, () => Fault>> = {
  'late-commit': () => delay({ ms: 600, cut: 'fin' }),
  delay: () => delay({ ms: 400 }),
  slow: () => slow({ bytesPerSecond: 200_000 }),
}

/** Settles when it is undone. */
const ownDeeds: Partial<Record<OwnTrouble, (stage: Stage, side: Side) => Promise<unknown>>> = {
  standstill: async (_stage, { proxy }) => {
    proxy.freeze()
    await pause(standstillMs)
    proxy.thaw()
  },
  refused: async (_stage, { proxy }) => {
    await proxy.refuse()
    // Else nobody asks for a new connection.
    proxy.inject(cut({ how: 'rst' }))
    await pause(refusedMs)
    await proxy.accept()
  },
  'cut-all': async (_stage, { proxy }) => proxy.cutAll('rst'),
}

/** Something that is done at once, until it is undone. */
function does(done: Promise<unknown>): Strike {
  // Whoever asks whether it is over is told.
  done.catch(() => undefined)
  return {
    hit: true,
    over: async () => {
      await done
    },
  }
}

function liesInWait(fault: Fault, planned: PlannedTrouble, sides: readonly Side[]): Strike {
  const injected = sides.flatMap((side): InjectedFault[] => {
    const trigger = triggerAt(planned, side)
    return trigger ? [side.proxy.inject(fault, trigger)] : []
  })
  return {
    get hit() {
      return injected.some(({ hits }) => hits > 0)
    },
    over: async () => {
      for (const one of injected) one.remove()
    },
  }
}

/** Makes the trouble, or lays it in wait. */
export function strike(planned: PlannedTrouble, stage: Stage): Strike {
  const { name } = planned
  const sides = stage.sides.filter(side => planned.stacks.includes(side.name))
  if (isOwnTrouble(name)) {
    if (name === 'kill-all') return does(stage.server.admin.killAll())
    const fault = ownFaults[name]?.()
    if (fault) return liesInWait(fault, planned, sides)
    return does(Promise.all(sides.map(async side => ownDeeds[name]?.(stage, side))))
  }
  const fault = simple[name]?.()
  if (fault) return liesInWait(fault, planned, sides)
  const victim = sides[Math.floor(planned.share * sides.length)]
  const deed = deeds[name]
  if (!victim || !deed) throw new Error(`Nobody knows how to do ${name}.`)
  const thread = chosen(victim, planned.share)?.threadId
  if (thread === undefined && name.startsWith('kill')) return { hit: false, over: async () => undefined }
  const scene: Scene = { ...stage, proxy: victim.proxy }
  return does(deed(scene, thread).then(undo => undo?.()))
}
