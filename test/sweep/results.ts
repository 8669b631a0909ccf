import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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

const folder = fileURLToPath(new URL('../../.cache/sweep', import.meta.url))
const file = join(folder, 'results.jsonl')
const plan = join(folder, 'plan.json')

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
  /** How many there were to choose from. */
  readonly inAll: number
}

/** What the last sweep set out to do. */
export function lastPlan(): Plan | undefined {
  return existsSync(plan) ? (JSON.parse(readFileSync(plan, 'utf8')) as Plan) : undefined
}

/** Keeps what is to be done, and forgets all results. */
export function startAnew(next: Plan): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(plan, JSON.stringify(next))
  writeFileSync(file, '')
}

export function keep(result: Result): void {
  appendFileSync(file, lineOf(result))
}

const lineOf = (result: Result): string => `${JSON.stringify(result)}\n`
