import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { availableServers, type Flavour } from '../database/index.js'
import { type FaultName, faultNames } from './faults.js'
import { page } from './page.js'
import { type Point, parsePoint, pointName, thinOut } from './points.js'
import { Progress } from './progress.js'
import { quickPoints } from './quick.js'
import { summarize, violationLines } from './report.js'
import { keep, keptResults, lastPlan, type Result, startAnew } from './results.js'
import { isOurs, stacks } from './stacks.js'
import { enumerate, runPoints, type Selection } from './sweep.js'
import { workloads } from './workloads.js'

const usage = `npm run sweep -- [options]
  --only NAME        one point, e.g. comeback-knex/insert/c1.up2/fin; may be repeated
  --stack NAME       ${Object.keys(stacks).join(', ')}; default: those of Comeback
  --server NAME      mariadb, mysql; default: those that are to be had
  --workload NAME    ${workloads.map(({ name }) => name).join(', ')}
  --fault NAME       ${faultNames.join(', ')}
  --quick            a subset that takes less than two minutes
  --sample N         only so many of the points, evenly spread
  --list             print the names of the points, and run none
  --resume           go on with the last sweep that was broken off; it keeps its points
  --shards N         processes that run points; default: one for each core
  --write            write docs/sweep.md
  --json             print the result as one line of JSON, last
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

/** The points asked for, and how many there are to choose from. */
async function pointsAsked(shards: number): Promise<{ points: readonly Point[]; inAll: number }> {
  if (given.only) return { points: given.only.map(parsePoint), inAll: given.only.length }
  const plan = given.resume ? lastPlan() : undefined
  if (plan) return { points: plan.points.map(parsePoint), inAll: plan.inAll }
  say('Counting the packets of each workload …')
  const all = await enumerate(await selection(), shards)
  const some = given.quick ? quickPoints(all) : all
  return { points: thinOut(some, count('sample', given.sample, some.length)), inAll: all.length }
}

async function sweep(): Promise<number> {
  const shards = count('shards', given.shards, availableParallelism())
  const { points, inAll } = await pointsAsked(shards)
  if (given.list) {
    for (const point of points) process.stdout.write(`${pointName(point)}\n`)
    return 0
  }
  const names = new Set(points.map(pointName))
  const results: Result[] = given.resume ? keptResults().filter(({ point }) => names.has(point)) : []
  // A single point does not undo what a long sweep has done.
  if (!given.only && !given.resume) startAnew({ points: [...names], inAll })
  const done = new Set(results.map(({ point }) => point))
  const left = points.filter(point => !done.has(pointName(point)))
  if (done.size > 0) say(`${done.size} points were done before.`)
  const progress = new Progress(left.length)
  await runPoints(left, shards, (result, tasks) => {
    if (!given.only) keep(result)
    results.push(result)
    for (const task of given.only ? tasks : []) say(JSON.stringify(task))
    progress.step(result.violations.length > 0)
  })
  for (const line of violationLines(results)) say(line)
  const summary = summarize(results)
  say(`${summary.points} points, ${summary.violations} violations`)
  if (given.write) writeFileSync(new URL('../../docs/sweep.md', import.meta.url), page(summary, inAll))
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
