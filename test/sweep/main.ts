import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { availableServers, type Flavour } from '../database/index.js'
import { type FaultName, faultNames } from './faults.js'
import { keepFinished } from './finished.js'
import { type Point, parsePoint, pointName } from './points.js'
import { Progress } from './progress.js'
import { quickPoints, samplePoints } from './quick.js'
import { summarize, violationLines } from './report.js'
import { lastRun, type Plan, Run, startRun } from './run.js'
import { isOurs, stacks } from './stacks.js'
import { enumerate, runPoints, type Selection } from './sweep.js'
import { workloads } from './workloads.js'
import { writePage } from './write-page.js'

const usage = `npm run sweep -- [options]
  --only NAME        one point, e.g. comeback-knex/insert/c1.up2/fin; may be repeated
  --stack NAME       ${Object.keys(stacks).join(', ')}; default: those of Comeback
  --server NAME      mariadb, mysql; default: those that are to be had
  --workload NAME    ${workloads.map(({ name }) => name).join(', ')}
  --fault NAME       ${faultNames.join(', ')}
  --quick            a subset that takes less than two minutes
  --sample N         only so many points of each stack, evenly spread
  --list             print the names of the points, and run none
  --resume           go on with the last sweep that was broken off; it keeps its points
  --shards N         processes that run points; default: one for each core
  --write            then write docs/sweep.md and its picture, from the newest result of each stack: of all workloads,
                     servers and faults, whole or a sample
  --page             only write these, and run nothing
  --json             print the result as one line of JSON, last

The exit status is 1 if a stack of Comeback violates anything; what the others do is counted for each, and is not ours to mend.
`

const { values: given } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    stack: { type: 'string', multiple: true },
    server: { type: 'string', multiple: true },
    workload: { type: 'string', multiple: true },
    fault: { type: 'string', multiple: true },
    quick: { type: 'boolean' },
    sample: { type: 'string' },
    list: { type: 'boolean' },
    resume: { type: 'boolean' },
    shards: { type: 'string' },
    json: { type: 'boolean' },
    write: { type: 'boolean' },
    page: { type: 'boolean' },
    help: { type: 'boolean' },
  },
})

const say = (line: string): void => void process.stderr.write(`${line}\n`)

function count(option: string, value: string | undefined, otherwise: number): number {
  const number = value === undefined ? otherwise : Number(value)
  if (!Number.isInteger(number) || number < 1) throw new RangeError(`--${option} takes a whole number from 1`)
  return number
}

function chosen<T extends string>(
  option: string,
  wanted: readonly string[] = [],
  choices: readonly T[],
): T[] {
  for (const one of wanted) {
    if (choices.includes(one as T)) continue
    throw new RangeError(`--${option}: there is no '${one}'; choices: ${choices.join(', ')}`)
  }
  return wanted as T[]
}

async function selection(): Promise<Selection> {
  const named = chosen('stack', given.stack, Object.keys(stacks))
  const servers = (await availableServers()).map(({ flavour }) => flavour)
  const wanted = chosen<Flavour>('server', given.server, servers)
  return {
    stacks: named.length > 0 ? named : Object.keys(stacks).filter(isOurs),
    servers: wanted.length > 0 ? wanted : servers,
    workloads: chosen(
      'workload',
      given.workload,
      workloads.map(({ name }) => name),
    ),
    faults: chosen<FaultName>('fault', given.fault, faultNames),
  }
}

/** Whether these are points to judge a stack by. */
const isForPage = (): boolean =>
  !given.quick && [given.server, given.workload, given.fault].every(wanted => wanted === undefined)

function countsByStack(points: readonly Point[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { stack } of points) counts[stack] = (counts[stack] ?? 0) + 1
  return counts
}

async function planAsked(shards: number): Promise<Plan> {
  if (given.only) return { points: given.only.map(name => pointName(parsePoint(name))) }
  say('Counting the packets of each workload …')
  const all = await enumerate(await selection(), shards)
  const some = given.quick ? quickPoints(all) : all
  const points = samplePoints(some, count('sample', given.sample, some.length)).map(pointName)
  return isForPage() ? { points, inAll: countsByStack(all) } : { points }
}

async function sweep(): Promise<number> {
  if (given.page) {
    await writePage()
    return 0
  }
  const shards = count('shards', given.shards, availableParallelism())
  const last = given.resume && !given.only ? lastRun() : undefined
  const plan = last?.plan ?? (await planAsked(shards))
  if (given.list) {
    for (const name of plan.points) process.stdout.write(`${name}\n`)
    return 0
  }
  const run = last ?? (given.only ? new Run(plan) : startRun(plan))
  const { results } = run
  if (results.length > 0) say(`${results.length} points were done before.`)
  const left = run.left.map(parsePoint)
  const progress = new Progress(left.length)
  await runPoints(left, shards, (result, tasks) => {
    run.add(result)
    for (const task of given.only ? tasks : []) say(JSON.stringify(task))
    progress.step(result.violations.length > 0)
  })
  for (const line of violationLines(results)) say(line)
  const summary = summarize(results)
  say(`${summary.points} points, ${summary.violations} violations by stacks of Comeback`)
  if (plan.inAll) keepFinished(results, plan.inAll)
  run.finish()
  if (given.write) await writePage()
  if (given.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
  return summary.violations > 0 ? 1 : 0
}

/** A wrong option needs no stack. */
function refused(error: unknown): number {
  if (!(error instanceof RangeError)) throw error
  say(error.message)
  return 1
}

if (given.help) process.stdout.write(usage)
else process.exitCode = await sweep().catch(refused)
