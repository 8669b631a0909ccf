import type { Case } from './cases.js'
import { type Client, type Variant, variants } from './stack.js'

/** How a library over Comeback compares with itself as it comes, in one case: medians of the ratios of paired blocks. */
export interface Comparison {
  readonly case: string
  readonly stockUs: number
  /** Stock against stock: how far the machine's own noise reaches. */
  readonly control: number
  readonly ratio: number
  readonly rounds: number
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

function shuffled<T>(items: readonly T[]): T[] {
  const copy = [...items]
  for (let n = copy.length - 1; n > 0; n -= 1) {
    const other = Math.floor(Math.random() * (n + 1))
    ;[copy[n], copy[other]] = [copy[other] as T, copy[n] as T]
  }
  return copy
}

async function timeBlock(one: Case, client: Client): Promise<number> {
  const startedAt = performance.now()
  for (let n = 0; n < one.perBlock; n += 1) await one.run(client)
  return performance.now() - startedAt
}

/** Runs blocks of one case on all variants in turn, in random order, and compares those of one round with each other. */
export async function compare(
  one: Case,
  clients: Readonly<Record<Variant, Client>>,
  rounds: number,
  progress: (round: number) => void,
): Promise<Comparison> {
  for (const variant of variants) await timeBlock(one, clients[variant])
  const control: number[] = []
  const ratio: number[] = []
  const stock: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const times: Record<Variant, number> = { stock: 0, control: 0, comeback: 0 }
    for (const variant of shuffled(variants)) times[variant] = await timeBlock(one, clients[variant])
    stock.push((times.stock / one.perBlock) * 1_000)
    control.push(times.control / times.stock)
    // The better half of what is known of stock's speed in this round: both of its blocks.
    ratio.push(times.comeback / ((times.stock + times.control) / 2))
    progress(round + 1)
  }
  return { case: one.name, stockUs: median(stock), control: median(control), ratio: median(ratio), rounds }
}
