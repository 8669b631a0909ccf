import type { Flavour } from '../database/index.js'
import type { Place, PlaceKind } from './points.js'

export type FaultName =
  | 'fin'
  | 'rst'
  | 'silence'
  | 'mute'
  | 'half-packet'
  | 'cut-before'
  | 'cut-after'
  | 'half-request'
  | 'kill'
  | 'kill-query'
  | 'error-1053'
  | 'error-1927'
  | 'error-4031'
  | 'sigkill'
  | 'restart'
  | 'sigstop'
  | 'read-only'

interface FaultFacts {
  readonly places: readonly PlaceKind[]
  readonly says: string
}

const border: readonly PlaceKind[] = ['up', 'down']
const request: readonly PlaceKind[] = ['login', 'command']

/** Every fault of the sweep, what happens, and at which places. */
export const faults: Readonly<Record<FaultName, FaultFacts>> = {
  fin: { places: border, says: 'the connection ends in good order' },
  rst: { places: border, says: 'the connection is reset' },
  silence: { places: border, says: 'bytes vanish from here on, the sockets stay open' },
  mute: { places: border, says: 'only what the server says vanishes; requests still reach it' },
  'half-packet': {
    places: ['down'],
    says: 'the next packet stops after five bytes, then the connection ends',
  },
  'cut-before': {
    places: ['connect', ...request],
    says: 'the connection ends before the request is forwarded',
  },
  'cut-after': { places: request, says: 'the server has executed the request, its answer is lost' },
  'half-request': { places: request, says: 'the server receives the first bytes of the request only' },
  kill: { places: border, says: 'KILL of the thread' },
  'kill-query': { places: border, says: 'KILL QUERY' },
  'error-1053': { places: request, says: 'error 1053 (the server shuts down) instead of an answer' },
  'error-1927': { places: request, says: 'error 1927 (the connection was killed) instead of an answer' },
  'error-4031': {
    places: request,
    says: 'error 4031 (disconnected for idleness) instead of an answer; MySQL only',
  },
  sigkill: { places: border, says: 'SIGKILL of the server, which is started again' },
  restart: { places: border, says: 'the server is shut down and started again' },
  sigstop: { places: border, says: 'the server stands still for 0.6 s' },
  'read-only': { places: border, says: 'the server takes no writes for 0.3 s' },
}

export const faultNames: readonly FaultName[] = Object.keys(faults) as FaultName[]

/** The faults that can strike at a place. */
export function faultsAt({ kind, number }: Place, server: Flavour): readonly FaultName[] {
  return faultNames.filter(name => {
    if (!faults[name].places.includes(kind)) return false
    // On MariaDB the number means something else.
    if (name === 'error-4031') return server === 'mysql'
    // Nobody knows the thread before the greeting.
    return !((name === 'kill' || name === 'kill-query') && kind === 'down' && number === 0)
  })
}
