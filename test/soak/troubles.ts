import type { Flavour } from '../database/index.js'
import { type FaultName, faultNames, faults } from '../sweep/faults.js'
import type { PlaceKind } from '../sweep/points.js'
import { deeds } from '../sweep/strike.js'

/** What the soak does beyond the faults of the sweep. */
export const ownTroubles = {
  'late-commit': 'a COMMIT arrives 0.6 s late, when its sender has been cut off',
  delay: 'a command arrives 0.4 s late',
  slow: 'a connection passes no more than 200 kB a second',
  standstill: 'the way to the server stands still for 0.6 s; nothing is lost',
  refused: 'new connections are refused for 0.5 s',
  'cut-all': 'all connections are reset at once',
  'kill-all': 'KILL of all threads at once',
} as const

export type OwnTrouble = keyof typeof ownTroubles
export type TroubleName = FaultName | OwnTrouble

/** `commit`: as a COMMIT arrives. `now`: at its time, wherever the statements are. */
export type Where = PlaceKind | 'commit' | 'now'

export const isOwnTrouble = (name: string): name is OwnTrouble => Object.hasOwn(ownTroubles, name)

/** Whether it is done to the server: then to all, and one at a time. */
export const isServers = (name: TroubleName): boolean =>
  name === 'kill-all' || (!isOwnTrouble(name) && deeds[name] !== undefined)

/** For the report. */
export const saysOf = (name: TroubleName): string =>
  isOwnTrouble(name) ? ownTroubles[name] : faults[name].says

/** Every trouble that can be made with a server. On MariaDB 4031 means something else. */
export const troublesOn = (server: Flavour, breakable: boolean): readonly TroubleName[] =>
  [...faultNames, ...(Object.keys(ownTroubles) as OwnTrouble[])].filter(name => {
    if (name === 'error-4031') return server === 'mysql'
    return breakable || !['sigkill', 'restart', 'sigstop'].includes(name)
  })

/** Where it can strike. */
export function placesOf(name: TroubleName): readonly Where[] {
  if (name === 'late-commit') return ['commit']
  if (name === 'delay' || name === 'slow') return ['command']
  if (isOwnTrouble(name) || isServers(name)) return ['now']
  const { places } = faults[name]
  return places.includes('command') ? [...places, 'commit'] : places
}
