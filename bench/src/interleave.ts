import type { ConnectionConfig } from '@comeback/test/database'
import { cases } from './cases.js'
import { Contestant } from './contestant.js'
import type { PeerName } from './peers.js'
import type { Variant } from './stack.js'
import { type StackName, stacks } from './stacks.js'

/** How the uses of a library compare with the library as it comes, in one case: medians of the ratios of paired blocks. */
export interface Comparison {
  readonly case: string
  readonly stockUs: number
  /** Stock against stock: how far the machine's own noise reaches. */
  readonly control: number
  /** Stock in a process without an AsyncLocalStorage, against stock. */
  readonly plain: number
  /** Comeback against stock. */
  readonly ratio: number
  /** Each peer that has the case against stock. */
  readonly peers: Readonly<Partial<Record<PeerName, number>>>
  readonly rounds: number
}

/**
 * Rounds for which the same processes run. New ones then take their place: two processes with the same program differ by some
 * percent, by what their compilers have made of it and where.
 */
const ROUNDS_OF_A_SITTING = 10
const WARM_UP_MS = 600
const LEAD_IN_MS = 40
const BLOCK_MS = 60
/** What is not one of the goals needs less precision. */
const OTHERS_EVERY = 2

const always: readonly Variant[] = ['stock', 'control', 'comeback']

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

export function shuffled<T>(items: readonly T[]): T[] {
  const copy = [...items]
  for (let n = copy.length - 1; n > 0; n -= 1) {
    const other = Math.floor(Math.random() * (n + 1))
    ;[copy[n], copy[other]] = [copy[other] as T, copy[n] as T]
  }
  return copy
}

/** Microseconds of one case, by variant and round. */
class Times {
  readonly #byVariant = new Map<Variant, Map<number, number>>()

  note(variant: Variant, round: number, us: number): void {
    const times = this.#byVariant.get(variant) ?? new Map<number, number>()
    this.#byVariant.set(variant, times.set(round, us))
  }

  of(variant: Variant): ReadonlyMap<number, number> {
    return this.#byVariant.get(variant) ?? new Map()
  }

  /** The median of the ratios of a variant to these times of the same rounds. */
  against(divisors: ReadonlyMap<number, number>, variant: Variant): number {
    return median([...this.of(variant)].map(([round, us]) => us / (divisors.get(round) ?? Number.NaN)))
  }

  comparison(name: string, peers: readonly PeerName[]): Comparison {
    const stock = this.of('stock')
    const control = this.of('control')
    // All that is known of stock's speed in a round: both of its blocks.
    const base = new Map(
      [...stock].map(([round, us]) => [round, (us + (control.get(round) ?? Number.NaN)) / 2]),
    )
    const measured = peers.filter(peer => this.#byVariant.has(peer))
    return {
      case: name,
      stockUs: median([...stock.values()]),
      control: this.against(stock, 'control'),
      plain: this.against(base, 'plain'),
      ratio: this.against(base, 'comeback'),
      peers: Object.fromEntries(measured.map(peer => [peer, this.against(base, peer)])),
      rounds: stock.size,
    }
  }
}

/** Compares all uses of a library: each in a process of its own, in blocks that take turns in random order. */
export async function compare(
  stack: StackName,
  config: ConnectionConfig,
  rounds: number,
  progress: (text: string, isFirst: boolean) => void,
): Promise<Comparison[]> {
  const { peers } = stacks[stack]
  const variants: readonly Variant[] = [...always, 'plain', ...peers]
  const times = new Map(cases.map(one => [one.name, new Times()]))
  for (let first = 0; first < rounds; first += ROUNDS_OF_A_SITTING) {
    const contestants: Contestant[] = []
    for (const variant of shuffled(variants)) {
      contestants.push(await Contestant.start(stack, variant, config))
    }
    for (const [name, noted] of times) {
      const able = contestants.filter(one => one.can(name))
      for (const one of able) await one.run(name, 0, WARM_UP_MS)
      for (let round = first; round < Math.min(rounds, first + ROUNDS_OF_A_SITTING); round += 1) {
        progress(`${name}: round ${round + 1} of ${rounds}`, round === 0)
        const now = able.filter(({ variant }) => always.includes(variant) || round % OTHERS_EVERY === 0)
        for (const one of shuffled(now))
          noted.note(one.variant, round, await one.run(name, LEAD_IN_MS, BLOCK_MS))
      }
    }
    await Promise.all(contestants.map(one => one.stop()))
  }
  return [...times]
    .filter(([, noted]) => noted.of('stock').size > 0)
    .map(([name, noted]) => noted.comparison(name, peers))
}
