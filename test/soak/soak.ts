import { setInterval } from 'node:timers'
import type { Stack } from '../contract/stack.js'
import { startServer } from '../database/index.js'
import { AdminLink } from '../sweep/admin-link.js'
import { leftSince, resourcesNow } from '../sweep/leftovers.js'
import { logIn } from '../sweep/log-in.js'
import type { Noise } from '../sweep/noise.js'
import { isOurs, loadStack, stacks } from '../sweep/stacks.js'
import { createTables } from '../sweep/tables.js'
import { Findings } from './findings.js'
import { heapAfterGc, readCalmGauges, readGauges } from './gauges.js'
import type { Ground } from './ground.js'
import { leaks } from './leaks.js'
import { Ledger } from './ledger.js'
import { planRound } from './plan.js'
import { type Calm, type SoakRecord, TroubleBook, type Wish } from './record.js'
import { runRound } from './round.js'
import { Series } from './series.js'
import { closeSide, openSide, type Side } from './side.js'

/** How far a soak is. */
export interface State {
  readonly elapsedMs: number
  readonly round: number
  readonly ledger: Ledger
  readonly findings: Findings
  readonly troubles: TroubleBook
}

const sampleMs = 1_000

const ours = (): Promise<Stack[]> => Promise.all(Object.keys(stacks).filter(isOurs).map(loadStack))

/** Samples every second, also while the server is away. */
function sampling(samples: Series, { sides, eye, ledger, clock }: Ground): NodeJS.Timeout {
  const sample = async (): Promise<void> => {
    const { endings, longestMs } = ledger.takeLately()
    const gauges = await readGauges(sides, eye)
    // Taken last: the plots want their rows in order.
    const atMs = clock.now()
    const { acknowledged, failed, unknown } = endings
    samples.add({ atMs, acknowledged, failed, unknown, longestMs, ...gauges })
  }
  return setInterval(() => void sample(), sampleMs)
}

async function measureCalm({ sides, eye, clock }: Ground): Promise<Calm> {
  const { sockets, timers, listeners, links, threads = 0 } = await readCalmGauges(sides, eye)
  const heapBytes = heapAfterGc()
  return { atMs: clock.now(), heapBytes, sockets, timers, listeners, links, threads }
}

/** Closes everything, and finds what does not go. */
async function end({ sides, hand, eye, findings, noise, clock }: Ground, round: number): Promise<void> {
  const tell = (kind: 'hung' | 'leak' | 'noise', detail: string): void =>
    findings.add({ kind, detail, round, atMs: clock.now(), wire: [] })
  for (const side of sides) {
    if (!(await closeSide(side))) tell('hung', `${side.name}: its client could not be closed`)
  }
  await eye.quiet().catch((error: Error) => tell('leak', error.message))
  for (const detail of noise.take()) tell('noise', detail)
  hand.drop()
  eye.drop()
}

/**
 * Runs rounds of load and troubles on all stacks at once until the time is over.
 * @throws Error (as a rejection) if the soak itself cannot go on.
 */
export async function soak(wish: Wish, noise: Noise, told: (state: State) => void): Promise<SoakRecord> {
  await using server = await startServer({
    flavour: wish.server,
    // Else transactions that insert side by side lock each other's gaps, and one whose client has gone in silence keeps its locks for long.
    flags: ['--transaction-isolation=READ-COMMITTED', '--innodb-lock-wait-timeout=1'],
  })
  const [hand, eye] = [new AdminLink(server), new AdminLink(server)]
  await createTables(eye)
  await logIn(server)
  const loaded = await ours()
  const before = resourcesNow()
  const sides: Side[] = []
  for (const stack of loaded) sides.push(await openSide(stack, server))
  const startedAt = performance.now()
  const clock = { now: (): number => performance.now() - startedAt }
  const ledger = new Ledger()
  const findings = new Findings()
  const ground: Ground = { server, hand, eye, sides, ledger, findings, noise, clock }
  const setting = { server: wish.server, breakable: server.breakable, stacks: loaded }
  const troubles = new TroubleBook()
  const samples = new Series()
  const calms: Calm[] = []
  let [rounds, linksLost, strays, looks] = [0, 0, 0, 0]
  noise.take()
  const sampler = sampling(samples, ground)
  const state = (): State => ({ elapsedMs: clock.now(), round: rounds, ledger, findings, troubles })
  const telling = setInterval(() => told(state()), 200)
  try {
    while (clock.now() < wish.minutes * 60_000) {
      rounds += 1
      const seen = await runRound(planRound(wish.seed, wish.round ?? rounds, setting), ground)
      for (const made of seen.made) troubles.add(made)
      linksLost += seen.linksLost
      strays += seen.strays
      looks += seen.looks
      const calm = await measureCalm(ground)
      calms.push(calm)
      samples.add({ atMs: calm.atMs, afterGcBytes: calm.heapBytes })
    }
  } finally {
    clearInterval(sampler)
    clearInterval(telling)
  }
  await end(ground, rounds)
  for (const left of await leftSince(before)) {
    findings.add({ kind: 'leak', detail: `at the end: ${left}`, round: rounds, atMs: clock.now(), wire: [] })
  }
  for (const leak of leaks(calms)) findings.add({ ...leak, round: rounds, atMs: clock.now(), wire: [] })
  const { kept, count } = findings
  return {
    wish,
    version: server.version,
    elapsedMs: clock.now(),
    rounds,
    ledger,
    findings: kept,
    violations: count,
    troubles,
    calms,
    samples,
    linksLost,
    strays,
    looks,
  }
}
