import type { Violation } from '../sweep/verdict.js'
import type { Calm } from './record.js'
import { lineThrough } from './trend.js'

/** What the heap did, in its second half, in which nothing warms up any more. */
export interface HeapTrend {
  readonly bytesPerRound: number
  /** How far that may be wrong by chance: two standard errors. */
  readonly plusMinusBytes: number
  readonly firstBytes: number
  readonly lastBytes: number
  /** Calms that were looked at. */
  readonly rounds: number
  readonly verdict: 'steady' | 'grows' | 'too short to tell'
}

/**
 * What the heap may gain in a round. Each round loses links by the dozen, errors by the dozen, and runs hundreds of statements: one link kept
 * would be 20 kB and more (its socket, its parser, its session), one small closure kept for each statement 50 kB.
 */
export const boundBytes = 20_000

/** Until then everything is still being met, compiled and cached for the first time. */
const warmUpMs = 120_000

/** Fewer points make no line. */
const fewestRounds = 12

export function heapTrend(calms: readonly Calm[]): HeapTrend {
  const half = calms.slice(Math.floor(calms.length / 2)).filter(({ atMs }) => atMs >= warmUpMs)
  const line = lineThrough(half.map(({ heapBytes }, index) => [index, heapBytes]))
  const plusMinusBytes = 2 * line.standardError
  const grows = line.slope - plusMinusBytes > boundBytes
  return {
    bytesPerRound: Math.round(line.slope),
    plusMinusBytes: Math.round(plusMinusBytes),
    firstBytes: half.at(0)?.heapBytes ?? 0,
    lastBytes: half.at(-1)?.heapBytes ?? 0,
    rounds: half.length,
    verdict: half.length < fewestRounds ? 'too short to tell' : grows ? 'grows' : 'steady',
  }
}

/** Gauges that must come back in every calm to what they were in the first ones. */
const gauges = ['sockets', 'timers', 'listeners', 'threads'] as const

type Gauge = (typeof gauges)[number]

/** The pools' own timers come and go, and a connection of the soak itself. */
const slack: Readonly<Record<Gauge, number>> = { sockets: 0, timers: 8, listeners: 0, threads: 2 }

const middle = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0

/** What did not go back, by the middle of the first and of the last quarter; and whether the heap grows. */
export function leaks(calms: readonly Calm[]): readonly Violation[] {
  const found: Violation[] = []
  const { verdict, bytesPerRound, plusMinusBytes } = heapTrend(calms)
  if (verdict === 'grows') {
    const detail = `the heap grows by ${bytesPerRound} ± ${plusMinusBytes} bytes in each round`
    found.push({ kind: 'leak', detail })
  }
  const quarter = Math.ceil(calms.length / 4)
  for (const gauge of gauges) {
    const first = middle(calms.slice(0, quarter).map(calm => calm[gauge]))
    const last = middle(calms.slice(-quarter).map(calm => calm[gauge]))
    if (last > first + slack[gauge]) {
      found.push({
        kind: 'leak',
        detail: `${last} ${gauge} in the calms at the end, ${first} at the beginning`,
      })
    }
  }
  return found
}
