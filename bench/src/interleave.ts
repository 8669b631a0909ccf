import type { Case } from './cases.js'
import type { PeerName } from './peers.js'
import type { Client, Variant } from './stack.js'

/** How the uses of a library compare with the library as it comes, in one case: medians of the ratios of paired blocks. */
export interface Comparison {
  readonly case: string
  readonly stockUs: number
  /** Stock against stock: how far the machine's own noise reaches. */
  readonly control: number
  /** Comeback against stock. */
  readonly ratio: number
  /** Each peer that has the case against stock. */
  readonly peers: Readonly<Partial<Record<PeerName, number>>>
  readonly rounds: number
}

/** The clients of one library; `stock`, `control` and `comeback` are always there. */
export type Clients = Readonly<Record<'stock' | 'control' | 'comeback', Client>> &
  Readonly<Partial<Record<PeerName, Client>>>

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

/** Microseconds that each of so many runs took. */
async function timeBlock(one: Case, client: Client, runs: number): Promise<number> {
  const startedAt = performance.now()
  for (let n = 0; n < runs; n += 1) await one.run(client)
  return ((performance.now() - startedAt) / runs) * 1_000
}

/** Peers need less precision than the goals of our own. */
const PEERS_EVERY = 2

interface Contestant {
  readonly variant: Variant
  readonly client: Client
  readonly runs: number
  /** 1 if it takes part in each round, 2 in every second one. */
  readonly every: number
  /** Microseconds, by the number of the round. */
  readonly times: Map<number, number>
}

/** Warms all clients up. Who is much slower than stock gets shorter blocks, so that a slow peer does not take all of the time. */
async function warmedUp(one: Case, clients: Clients): Promise<Contestant[]> {
  await timeBlock(one, clients.stock, one.perBlock)
  const stockUs = await timeBlock(one, clients.stock, one.perBlock)
  const contestants: Contestant[] = []
  for (const [variant, client] of Object.entries(clients) as [Variant, Client][]) {
    if (one.isPossible?.(client) === false) continue
    await timeBlock(one, client, one.perBlock)
    const us = await timeBlock(one, client, one.perBlock)
    const share = Math.min(1, (2 * stockUs) / us)
    const isPeer = variant !== 'stock' && variant !== 'control' && variant !== 'comeback'
    const runs = isPeer ? Math.max(1, Math.round(one.perBlock * share)) : one.perBlock
    contestants.push({ variant, client, runs, every: isPeer ? PEERS_EVERY : 1, times: new Map() })
  }
  return contestants
}

/** Runs blocks of one case on all clients in turn, in random order, and compares those of one round with each other. */
export async function compare(
  one: Case,
  clients: Clients,
  rounds: number,
  progress: (round: number) => void,
): Promise<Comparison> {
  const contestants = await warmedUp(one, clients)
  for (let round = 0; round < rounds; round += 1) {
    for (const { client, runs, times } of shuffled(contestants.filter(({ every }) => round % every === 0))) {
      times.set(round, await timeBlock(one, client, runs))
    }
    progress(round + 1)
  }
  const times = new Map(contestants.map(contestant => [contestant.variant, contestant.times]))
  const stock = times.get('stock') ?? new Map<number, number>()
  const control = times.get('control') ?? new Map<number, number>()
  // All that is known of stock's speed in a round: both of its blocks.
  const base = new Map(
    [...stock].map(([round, us]) => [round, (us + (control.get(round) ?? Number.NaN)) / 2]),
  )
  const against = (divisors: ReadonlyMap<number, number>, variant: Variant): number =>
    median([...(times.get(variant) ?? [])].map(([round, us]) => us / (divisors.get(round) ?? Number.NaN)))
  const { stock: _s, control: _c, comeback: _o, ...peers } = clients
  return {
    case: one.name,
    stockUs: median([...stock.values()]),
    control: against(stock, 'control'),
    ratio: against(base, 'comeback'),
    peers: Object.fromEntries(
      (Object.keys(peers) as PeerName[])
        .filter(peer => times.has(peer))
        .map(peer => [peer, against(base, peer)]),
    ),
    rounds,
  }
}
