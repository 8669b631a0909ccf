import type { Flavour } from '../database/index.js'
import { Random } from './random.js'
import { isServers, placesOf, type TroubleName, troublesOn, type Where } from './troubles.js'
import { type PlannedTask, planTask } from './work.js'

/** What the plan depends on, besides the seed. */
export interface Setting {
  readonly server: Flavour
  readonly breakable: boolean
  /** Each with whether it can be told to prepare. */
  readonly stacks: readonly { readonly name: string; readonly prepares: boolean }[]
}

/** A fault that lies ahead. */
export interface PlannedTrouble {
  readonly name: TroubleName
  /** Milliseconds after the round's load begins. */
  readonly atMs: number
  readonly where: Where
  /** The nth command, COMMIT, login or connect from then on; or behind so many packets more. */
  readonly nth: number
  /** Which of the connections that are open then: a share of their number, from 0, below 1. */
  readonly share: number
  readonly stacks: readonly string[]
}

/** All that happens in one round. */
export interface RoundPlan {
  readonly round: number
  readonly loadMs: number
  readonly troubles: readonly PlannedTrouble[]
  /** For each stack, for each of its workers, as much as it can do in the time. */
  readonly work: Readonly<Record<string, readonly (readonly PlannedTask[])[]>>
}

/** More than connections: some wait for one. */
export const workersOfStack = 6
/** The last trouble comes early enough to be felt. */
const troubledShare = 0.75

function planTrouble(random: Random, { stacks }: Setting, name: TroubleName, loadMs: number): PlannedTrouble {
  const where = random.pick(placesOf(name))
  const all = stacks.map(stack => stack.name)
  const atMs = random.whole(100, Math.floor(loadMs * troubledShare))
  const nth = where === 'up' || where === 'down' ? random.whole(0, 12) : random.whole(1, 6)
  const share = random.next()
  const everywhere = random.next() < 0.2
  const one = random.pick(all)
  return { name, atMs, where, nth, share, stacks: isServers(name) || everywhere ? all : [one] }
}

/** One to four troubles, no more than one of them done to the server. */
function planTroubles(random: Random, setting: Setting, loadMs: number): readonly PlannedTrouble[] {
  const choices = troublesOn(setting.server, setting.breakable)
  const onTheWay = choices.filter(name => !isServers(name))
  const names = Array.from({ length: random.whole(1, 3) }, () => random.pick(onTheWay))
  if (random.next() < 0.5) names.push(random.pick(choices.filter(isServers)))
  return names
    .map(name => planTrouble(random, setting, name, loadMs))
    .toSorted((one, other) => one.atMs - other.atMs)
}

function planWork(random: Random, prepares: boolean, loadMs: number): readonly PlannedTask[] {
  const tasks: PlannedTask[] = []
  for (let busyMs = 0; busyMs < loadMs; ) {
    const task = planTask(random, prepares)
    busyMs += task.thinkMs
    tasks.push(task)
  }
  return tasks
}

/** The plan of a round. The same seed, setting and number: the same plan. Pure. */
export function planRound(seed: string, round: number, setting: Setting): RoundPlan {
  const random = new Random(`${seed}/${round}`)
  const loadMs = random.whole(2_500, 4_500)
  const troubles = planTroubles(random, setting, loadMs)
  const work = setting.stacks.map(({ name, prepares }) => {
    const own = new Random(`${seed}/${round}/${name}`)
    return [name, Array.from({ length: workersOfStack }, () => planWork(own, prepares, loadMs))] as const
  })
  return { round, loadMs, troubles, work: Object.fromEntries(work) }
}
