import type { Flavour } from '../database/index.js'
import { type FaultName, faultsAt } from './faults.js'

/** Where in the life of a connection a fault strikes. */
export type PlaceKind = 'up' | 'down' | 'connect' | 'login' | 'command'

/**
 * `up` and `down`: behind so many packets to the server, or to the client. `connect`, `login`, `command`: as that arrives, with the
 * nth command for `command`.
 */
export interface Place {
  /** The nth connection of the run, from 1. */
  readonly connection: number
  readonly kind: PlaceKind
  readonly number: number
}

export interface Point {
  readonly stack: string
  readonly server: Flavour
  readonly workload: string
  readonly place: Place
  readonly fault: FaultName
}

/** What one connection had to say in a run without a fault. */
export interface ConnectionCount {
  readonly up: number
  readonly down: number
  readonly commands: number
}

const placeName = ({ connection, kind, number }: Place): string => {
  const numbered = kind === 'up' || kind === 'down' || kind === 'command'
  return `c${connection}.${kind}${numbered ? number : ''}`
}

/** `comeback-knex/insert/c1.up2/fin`, `comeback-knex@mysql/…`: stays the same as long as the packets do. */
export function pointName({ stack, server, workload, place, fault }: Point): string {
  const on = server === 'mariadb' ? stack : `${stack}@${server}`
  return [on, workload, placeName(place), fault].join('/')
}

/** @throws RangeError if it is no name of a point. */
export function parsePoint(name: string): Point {
  const [on = '', workload, place, fault, ...rest] = name.split('/')
  const [, stack, mysql] = /^([\w-]+)(@mysql)?$/.exec(on) ?? []
  const parts = /^c(\d+)\.(?:(up|down|command)(\d+)|(connect|login))$/.exec(place ?? '')
  if (!stack || !workload || !parts || !fault || rest.length > 0) {
    throw new RangeError(`'${name}' is no name of a point, which is like comeback-knex/insert/c1.up2/fin`)
  }
  const kind = (parts[2] ?? parts[4]) as PlaceKind
  const found = { connection: Number(parts[1]), kind, number: Number(parts[3] ?? 0) }
  const server = mysql ? 'mysql' : 'mariadb'
  const choices = faultsAt(found, server)
  const known = choices.find(choice => choice === fault)
  if (!known) throw new RangeError(`'${name}': no fault '${fault}' there; choices: ${choices.join(', ')}`)
  return { stack, server, workload, place: found, fault: known }
}

/** Of a long row of packets that are alike, this many are taken: the first, the last, and some in between. */
const manyBorders = 48

/** 0 to `last`, thinned out when they are many. */
export function sample(last: number): readonly number[] {
  const all = Array.from({ length: last + 1 }, (_, index) => index)
  if (all.length <= manyBorders) return all
  const quarter = manyBorders / 4
  const step = (last - 2 * quarter) / (2 * quarter)
  const between = Array.from({ length: 2 * quarter }, (_, index) => Math.round(quarter + index * step))
  return [...new Set([...all.slice(0, quarter), ...between, ...all.slice(-quarter)])]
}

/** Of many connections that do the same, three are taken. */
const chosen = (count: number): readonly number[] => (count <= 3 ? sample(count).slice(1) : [1, 2, count])

/** All places of a run: every packet border of every connection, in both directions, and every request. */
export function placesOf(counts: readonly ConnectionCount[]): readonly Place[] {
  return chosen(counts.length).flatMap(connection => {
    const { up, down, commands } = counts[connection - 1] as ConnectionCount
    const places = (kind: PlaceKind, numbers: readonly number[]): Place[] =>
      numbers.map(number => ({ connection, kind, number }))
    return [
      ...places('connect', [0]),
      ...places('login', [0]),
      ...places('command', sample(commands).slice(1)),
      ...places('up', sample(up)),
      ...places('down', sample(down)),
    ]
  })
}

/** All points of a workload on a server, from what it said there without a fault. */
export function pointsOf(
  run: Pick<Point, 'stack' | 'server' | 'workload'>,
  counts: readonly ConnectionCount[],
): readonly Point[] {
  const isBehindLast = ({ connection, kind, number }: Place): boolean =>
    kind === 'down' && number === counts[connection - 1]?.down
  return placesOf(counts).flatMap(place =>
    faultsAt(place, run.server)
      .filter(fault => !(fault === 'half-packet' && isBehindLast(place)))
      .map(fault => ({ ...run, place, fault })),
  )
}

/** So many of them, evenly spread, always the same. */
export function thinOut(points: readonly Point[], count: number): readonly Point[] {
  if (points.length <= count) return points
  return Array.from(
    { length: count },
    (_, index) => points[Math.floor((index * points.length) / count)] as Point,
  )
}
