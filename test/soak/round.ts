import type { Violation } from '../sweep/verdict.js'
import { openBanks, wrongBalances } from './bank.js'
import { onlyOpenLinks, weaknesses } from './calm.js'
import { emptyTables, type Ground } from './ground.js'
import type { Entry } from './ledger.js'
import { putUnderLoad, tasksAhead } from './load.js'
import type { PlannedTrouble, RoundPlan } from './plan.js'
import { excess } from './steady.js'
import { strike } from './strike.js'
import { poolViolations, settle, taskViolations, wireLines } from './verdict.js'
import { Watch } from './watch.js'

/** A trouble that was made, or lay in wait. */
export interface Made {
  readonly planned: PlannedTrouble
  /** Milliseconds since the soak began. */
  readonly atMs: number
  readonly hit: boolean
}

/** What a round leaves for the report. */
export interface RoundSeen {
  readonly made: readonly Made[]
  /** Links that were open once and are not any more. */
  readonly linksLost: number
  /** Server threads that had to be ended because their clients had gone in silence. */
  readonly strays: number
  /** How often the tables were looked at while the load was on. */
  readonly looks: number
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, Math.max(0, ms)))

async function makeTroubles(
  { troubles }: RoundPlan,
  ground: Ground,
  beganAtMs: number,
): Promise<readonly { readonly planned: PlannedTrouble; readonly atMs: number; over(): Promise<boolean> }[]> {
  const made = []
  for (const planned of troubles) {
    await pause(beganAtMs + planned.atMs - ground.clock.now())
    const atMs = ground.clock.now()
    const struck = strike(planned, { ...ground, admin: ground.hand })
    const over = async (): Promise<boolean> => {
      await struck.over()
      return struck.hit
    }
    made.push({ planned, atMs, over })
  }
  return made
}

/** Load and troubles at once, until both are over. */
async function storm(plan: RoundPlan, ground: Ground): Promise<readonly Made[]> {
  const { sides, ledger, clock } = ground
  const ahead = sides.map(side => tasksAhead(plan, side.name))
  for (const { task } of ahead.flat(2)) await task.prepare?.(ground.eye)
  const beganAtMs = clock.now()
  const load = sides.map((side, index) =>
    putUnderLoad(side, ahead[index] ?? [], beganAtMs + plan.loadMs, ledger, clock),
  )
  const [troubles] = await Promise.all([makeTroubles(plan, ground, beganAtMs), ...load])
  const made: Made[] = []
  for (const { planned, atMs, over } of troubles) made.push({ planned, atMs, hit: await over() })
  for (const { proxy } of sides) proxy.clear()
  return made
}

/** One round: a storm, and then a calm in which everything is checked and forgotten. */
export async function runRound(plan: RoundPlan, ground: Ground): Promise<RoundSeen> {
  const { sides, ledger, findings, noise, clock, eye } = ground
  const tell = ({ kind, detail }: Violation, entry?: Entry): void => {
    const side = sides.find(({ name }) => name === entry?.stack)
    const wire = side && entry ? wireLines(side, entry.task.marker) : []
    findings.add({ kind, detail, round: plan.round, atMs: entry?.beganAtMs ?? clock.now(), wire })
  }
  await openBanks(eye)
  const watch = new Watch(eye, ledger, (detail, entry) => tell({ kind: 'torn', detail }, entry))
  const made = await storm(plan, ground)
  await watch.stop()

  const failures = await Promise.all(sides.map(side => weaknesses(side, `calm${plan.round}`)))
  for (const [index, side] of sides.entries()) {
    for (const violation of poolViolations(side, failures[index] ?? [])) tell(violation)
  }
  const strays = await onlyOpenLinks(eye, sides)
  const settled = await settle(ledger.entries, eye)
  for (const { violation, entry } of taskViolations(settled)) tell(violation, entry)
  const moves = settled.filter(
    ({ entry, executions }) => entry.planned.kind === 'exchange' && executions === 1,
  )
  for (const detail of await wrongBalances(
    eye,
    moves.map(({ entry }) => entry.planned),
  )) {
    tell({ kind: 'torn', detail })
  }
  for (const detail of await excess(ground)) tell({ kind: 'leak', detail })
  for (const detail of noise.take()) tell({ kind: 'noise', detail })

  const lost = sides.map(
    ({ proxy, known }) => [...known, ...proxy.journal.connections].filter(({ open }) => !open).length,
  )
  for (const side of sides) {
    side.proxy.journal.clear()
    side.known = side.proxy.journal.openConnections
  }
  ledger.forget()
  await emptyTables(eye)
  return { made, linksLost: lost.reduce((sum, count) => sum + count, 0), strays, looks: watch.looks }
}
