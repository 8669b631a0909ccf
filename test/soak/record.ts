import type { Flavour } from '../database/index.js'
import type { Finding } from './findings.js'
import type { Ledger } from './ledger.js'
import type { Made } from './round.js'
import type { Series } from './series.js'

/** What is asked for. */
export interface Wish {
  readonly seed: string
  readonly minutes: number
  readonly server: Flavour
  /** Only this round, again and again. */
  readonly round: number | undefined
}

/** What was measured in the calm after a round, when all garbage was collected. */
export interface Calm {
  /** Milliseconds since the soak began. */
  readonly atMs: number
  readonly heapBytes: number
  readonly sockets: number
  readonly timers: number
  readonly listeners: number
  readonly links: number
  readonly threads: number
}

/** What the soak did and saw. */
export interface SoakRecord {
  readonly wish: Wish
  readonly version: string
  readonly elapsedMs: number
  readonly rounds: number
  readonly ledger: Ledger
  readonly findings: readonly Finding[]
  readonly violations: number
  readonly troubles: TroubleBook
  readonly calms: readonly Calm[]
  readonly samples: Series
  readonly linksLost: number
  /** Server threads that had to be ended because their clients had gone in silence. */
  readonly strays: number
  /** How often the tables were looked at while the load was on. */
  readonly looks: number
}

/** A trouble as the plot shows it. */
export interface Mark {
  readonly atMs: number
  readonly name: string
  readonly stacks: string
}

const mostMarks = 5_000

/** How often each trouble was made and struck; when, for the first thousands. */
export class TroubleBook {
  readonly counts: Map<string, { made: number; struck: number }> = new Map()
  readonly marks: Mark[] = []

  get struck(): number {
    return [...this.counts.values()].reduce((sum, { struck }) => sum + struck, 0)
  }

  add({ planned: { name, stacks }, atMs, hit }: Made): void {
    const count = this.counts.get(name) ?? { made: 0, struck: 0 }
    count.made += 1
    if (hit) count.struck += 1
    this.counts.set(name, count)
    if (!hit || this.marks.length === mostMarks) return
    this.marks.push({ atMs: Math.round(atMs), name, stacks: stacks.length === 1 ? String(stacks[0]) : 'all' })
  }
}
