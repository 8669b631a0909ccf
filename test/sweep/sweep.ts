import type { Flavour } from '../database/index.js'
import { type Outcome, work } from './crew.js'
import type { FaultName } from './faults.js'
import type { TaskSeen } from './observation.js'
import { type ConnectionCount, type Point, pointName, pointsOf } from './points.js'
import type { Result } from './results.js'
import type { Job } from './shard.js'
import { loadStack } from './stacks.js'
import { violationsOf } from './verdict.js'
import { workloads } from './workloads.js'

type CountJob = Extract<Job, { ask: 'count' }>
type RunJob = Extract<Job, { ask: 'run' }>

/** What of the sweep is asked for. */
export interface Selection {
  readonly stacks: readonly string[]
  readonly servers: readonly Flavour[]
  /** Empty for all. */
  readonly workloads: readonly string[]
  /** Empty for all. */
  readonly faults: readonly FaultName[]
}

const passes = <T>(wanted: readonly T[], value: T): boolean => wanted.length === 0 || wanted.includes(value)

async function countJobs({ stacks, servers, workloads: names }: Selection): Promise<readonly CountJob[]> {
  const jobs: CountJob[] = []
  for (const name of stacks) {
    const stack = await loadStack(name)
    for (const workload of workloads) {
      if (!passes(names, workload.name) || workload.isPossible?.(stack) === false) continue
      for (const server of servers) {
        jobs.push({ ask: 'count', run: { stack: name, server, workload: workload.name } })
      }
    }
  }
  return jobs
}

function countsIn(job: CountJob, outcome: Outcome): readonly ConnectionCount[] {
  if ('counts' in outcome) return outcome.counts
  throw new Error(`${JSON.stringify(job.run)}: ${JSON.stringify(outcome)}`)
}

/** Runs every workload once without a fault, and names all points of it. */
export async function enumerate(selection: Selection, shards: number): Promise<readonly Point[]> {
  const jobs = await countJobs(selection)
  const counts = new Map<CountJob, readonly ConnectionCount[]>()
  const errors: unknown[] = []
  await work(jobs, shards, (job, outcome) => {
    try {
      counts.set(job, countsIn(job, outcome))
    } catch (error) {
      errors.push(error)
    }
  })
  if (errors.length > 0) throw errors[0]
  return jobs
    .flatMap(job => pointsOf(job.run, counts.get(job) ?? []))
    .filter(({ fault }) => passes(selection.faults, fault))
}

/** How often the sweep tries a point again that it could not do itself. */
const secondChances = 1

/** An audit costs as much as a few points: of few points each is audited, which tells which of them leaks. */
const auditInterval = (points: number): number => (points < 50 ? 1 : points < 2_000 ? 20 : 50)

/**
 * Runs points, and tells each result as it comes, with what was seen of each task.
 * @throws Error (as a rejection) if the sweep itself fails at a point, twice.
 */
export async function runPoints(
  points: readonly Point[],
  shards: number,
  told: (result: Result, tasks: readonly TaskSeen[]) => void,
): Promise<void> {
  const auditEvery = auditInterval(points.length)
  let jobs = points.map((point): RunJob => ({ ask: 'run', point, auditEvery }))
  let problem = ''
  for (let chance = 0; jobs.length > 0 && chance <= secondChances; chance++) {
    const again: RunJob[] = []
    await work(jobs, shards, (job, outcome) => {
      const result = resultOf(job, outcome)
      if (result) told(result, 'observation' in outcome ? outcome.observation.tasks : [])
      else again.push(job)
      if ('broken' in outcome) problem = `${pointName(job.point)}: ${outcome.broken}`
    })
    jobs = again
  }
  if (jobs.length > 0) throw new Error(`The sweep could not do ${jobs.length} points. ${problem}`)
}

function resultOf({ point }: RunJob, outcome: Outcome): Result | undefined {
  const name = pointName(point)
  if ('observation' in outcome) {
    const { observation } = outcome
    const { hit, elapsedMs } = observation
    return { point: name, hit, elapsedMs, violations: violationsOf(observation) }
  }
  if (!('crashed' in outcome)) return undefined
  return { point: name, hit: true, elapsedMs: 0, violations: [{ kind: 'noise', detail: outcome.crashed }] }
}
