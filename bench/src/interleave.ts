import type { ConnectionConfig } from '@comeback/test/database'
import { median, sampleStandardDeviation } from 'simple-statistics'
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
  /** Comeback against stock. */
  readonly ratio: number
  /** The standard error of that median, by how much new processes differ. Undefined where there were too few. */
  readonly ratioError: number | undefined
  /** The same where both have an AsyncLocalStorage in use. */
  readonly ratioInContexts: number
  /** What that alone costs: stock with one against stock. */
  readonly contexts: number
  /** Each peer that has the case against stock. */
  readonly peers: Readonly<Partial<Record<PeerName, number>>>
  readonly rounds: number
}

/**
 * Rounds for which the same processes run. New ones then take their place: two processes with the same program differ by some
 * percent, by what their compilers have made of it and where.
 */
const ROUNDS_OF_A_SITTING = 6
const LEAD_IN_MS = 40
const BLOCK_MS = 60
/** What is not one of the goals needs less precision: it takes part in one of so many sittings. */
const OTHERS_EVERY = 4

/** How much more a median scatters than a mean does, of values that scatter normally. */
const MEDIAN_TO_MEAN = Math.sqrt(Math.PI / 2)

type Name = 'stock' | 'control' | 'comeback' | 'stock in contexts' | 'comeback in contexts' | PeerName

interface Use {
  readonly name: Name
  readonly variant: Variant
  readonly inContexts?: true
}

const own: readonly Use[] = [
  { name: 'stock', variant: 'stock' },
  { name: 'control', variant: 'stock' },
  { name: 'comeback', variant: 'comeback' },
  { name: 'stock in contexts', variant: 'stock', inContexts: true },
  { name: 'comeback in contexts', variant: 'comeback', inContexts: true },
]
const always: readonly Name[] = ['stock', 'control', 'comeback']

export function shuffled<T>(items: readonly T[]): T[] {
  const copy = [...items]
  for (let n = copy.length - 1; n > 0; n -= 1) {
    const other = Math.floor(Math.random() * (n + 1))
    ;[copy[n], copy[other]] = [copy[other] as T, copy[n] as T]
  }
  return copy
}

/** Microseconds of one case, by contestant and round. */
class Times {
  readonly #byName = new Map<Name, Map<number, number>>()

  note(name: Name, round: number, us: number): void {
    const times = this.#byName.get(name) ?? new Map<number, number>()
    this.#byName.set(name, times.set(round, us))
  }

  of(name: Name): ReadonlyMap<number, number> {
    return this.#byName.get(name) ?? new Map()
  }

  /** The ratios of a contestant to these times of the same rounds. */
  #ratios(divisors: ReadonlyMap<number, number>, name: Name): readonly (readonly [number, number])[] {
    return [...this.of(name)].map(([round, us]) => [round, us / (divisors.get(round) ?? Number.NaN)])
  }

  /** The median of these ratios. */
  against(divisors: ReadonlyMap<number, number>, name: Name): number {
    return median(this.#ratios(divisors, name).map(([, ratio]) => ratio))
  }

  /** The standard error of that median. Rounds of one sitting do not count each: they have the same processes. */
  errorAgainst(divisors: ReadonlyMap<number, number>, name: Name): number | undefined {
    const sittings = new Map<number, number[]>()
    for (const [round, ratio] of this.#ratios(divisors, name)) {
      const sitting = Math.floor(round / ROUNDS_OF_A_SITTING)
      sittings.set(sitting, [...(sittings.get(sitting) ?? []), ratio])
    }
    const medians = [...sittings.values()].map(median)
    if (medians.length < 3) return undefined
    return (MEDIAN_TO_MEAN * sampleStandardDeviation(medians)) / Math.sqrt(medians.length)
  }

  comparison(name: string, peers: readonly PeerName[]): Comparison {
    const stock = this.of('stock')
    const control = this.of('control')
    // All that is known of stock's speed in a round: both of its blocks.
    const base = new Map(
      [...stock].map(([round, us]) => [round, (us + (control.get(round) ?? Number.NaN)) / 2]),
    )
    const measured = peers.filter(peer => this.#byName.has(peer))
    return {
      case: name,
      stockUs: median([...stock.values()]),
      control: this.against(stock, 'control'),
      ratio: this.against(base, 'comeback'),
      ratioError: this.errorAgainst(base, 'comeback'),
      ratioInContexts: this.against(this.of('stock in contexts'), 'comeback in contexts'),
      contexts: this.against(base, 'stock in contexts'),
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
  const entrants: readonly Use[] = [...own, ...peers.map(peer => ({ name: peer, variant: peer }))]
  const times = new Map(cases.map(one => [one.name, new Times()]))
  for (let first = 0; first < rounds; first += ROUNDS_OF_A_SITTING) {
    const contestants: { name: Name; process: Contestant }[] = []
    const withOthers = (first / ROUNDS_OF_A_SITTING) % OTHERS_EVERY === 0
    const taking = entrants.filter(({ name }) => withOthers || always.includes(name))
    for (const { name, variant, inContexts = false } of shuffled(taking)) {
      contestants.push({ name, process: await Contestant.start({ stack, variant, inContexts, config }) })
    }
    for (const [name, noted] of times) {
      const able = contestants.filter(one => one.process.can(name))
      for (const one of able) await one.process.warmUp(name)
      for (let round = first; round < Math.min(rounds, first + ROUNDS_OF_A_SITTING); round += 1) {
        progress(`${name}: round ${round + 1} of ${rounds}`, round === 0)
        for (const one of shuffled(able))
          noted.note(one.name, round, await one.process.run(name, LEAD_IN_MS, BLOCK_MS))
      }
    }
    await Promise.all(contestants.map(one => one.process.stop()))
  }
  return [...times]
    .filter(([, noted]) => noted.of('stock').size > 0)
    .map(([name, noted]) => noted.comparison(name, peers))
}
