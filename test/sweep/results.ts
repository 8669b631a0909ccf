import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Violation } from './verdict.js'

/** What is kept of a point. */
export interface Result {
  readonly point: string
  /** Whether the fault struck. */
  readonly hit: boolean
  readonly violations: readonly Violation[]
  readonly elapsedMs: number
}

/** On whatever server. */
export const stackOf = ({ point }: Result): string => /^[^@/]*/.exec(point)?.[0] ?? ''

export const faultOf = ({ point }: Result): string => point.slice(point.lastIndexOf('/') + 1)

const folder = fileURLToPath(new URL('../../.cache/sweep', import.meta.url))
const file = join(folder, 'results.jsonl')
const plan = join(folder, 'plan.json')
const finished = join(folder, 'finished')

/** What an earlier sweep has left on disk, a line each, so that it can go on. A line that was cut short does not count. */
export function keptResults(): readonly Result[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap(line => {
      try {
        return [JSON.parse(line) as Result]
      } catch {
        return []
      }
    })
}

/** What a sweep sets out to do. */
export interface Plan {
  /** Names of points. Counted again, work done side by side would have some others. */
  readonly points: readonly string[]
  /** How many points each stack has. Undefined if these are none to judge a stack by, because only some kinds were asked for. */
  readonly inAll?: Readonly<Record<string, number>>
}

/** What the last sweep set out to do. */
export function lastPlan(): Plan | undefined {
  return existsSync(plan) ? (JSON.parse(readFileSync(plan, 'utf8')) as Plan) : undefined
}

/** Keeps what is to be done, and forgets the results of a sweep that was broken off. */
export function startAnew(next: Plan): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(plan, JSON.stringify(next))
  writeFileSync(file, '')
}

export function keep(result: Result): void {
  appendFileSync(file, lineOf(result))
}

const lineOf = (result: Result): string => `${JSON.stringify(result)}\n`

/** What the page knows of one stack. */
export interface StackResults {
  /** How many points it has. */
  readonly inAll: number
  /** Of those that were run. */
  readonly results: readonly Result[]
}

/** Keeps the results of a whole sweep or of an evenly spread sample, for each stack in place of its earlier ones. */
export function keepFinished(results: readonly Result[], inAll: Readonly<Record<string, number>>): void {
  mkdirSync(finished, { recursive: true })
  for (const [stack, number] of Object.entries(inAll)) {
    const own: StackResults = { inAll: number, results: results.filter(result => stackOf(result) === stack) }
    writeFileSync(join(finished, `${stack}.json`), JSON.stringify(own))
  }
}

/** The newest of each stack. */
export function finishedResults(): Readonly<Record<string, StackResults>> {
  if (!existsSync(finished)) return {}
  return Object.fromEntries(
    readdirSync(finished).map(name => [
      parse(name).name,
      JSON.parse(readFileSync(join(finished, name), 'utf8')) as StackResults,
    ]),
  )
}
