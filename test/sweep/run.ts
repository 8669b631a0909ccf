import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Result } from './results.js'

/** What a sweep sets out to do. */
export interface Plan {
  /** Names of points. Counted again, work done side by side would have some others. */
  readonly points: readonly string[]
  /** How many points each stack has. Undefined if these are none to judge a stack by, because only some kinds were asked for. */
  readonly inAll?: Readonly<Record<string, number>>
}

/** A sweep: what it sets out to do and what came of it so far; on disk as well if it has a file, so that it can go on. */
export class Run {
  readonly plan: Plan
  readonly results: Result[]
  readonly #file: string | undefined

  constructor(plan: Plan, results: readonly Result[] = [], file?: string) {
    this.plan = plan
    this.results = [...results]
    this.#file = file
  }

  /** Names of the points that are still to be run. */
  get left(): readonly string[] {
    const done = new Set(this.results.map(({ point }) => point))
    return this.plan.points.filter(name => !done.has(name))
  }

  add(result: Result): void {
    this.results.push(result)
    if (this.#file) appendFileSync(this.#file, lineOf(result))
  }

  /** It is done: nothing is left to go on with. */
  finish(): void {
    if (this.#file) rmSync(this.#file, { force: true })
  }
}

const cache = fileURLToPath(new URL('../../.cache/sweep/unfinished', import.meta.url))

/** On a line of its own, also behind one that was cut short. */
const lineOf = (result: Result): string => `\n${JSON.stringify(result)}`

/** A sweep with a file of its own, so that another at the same time does not disturb it. */
export function startRun(plan: Plan, folder: string = cache): Run {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${new Date().toISOString().replaceAll(':', '-')}-${process.pid}.jsonl`)
  writeFileSync(file, JSON.stringify(plan))
  return new Run(plan, [], file)
}

/** The newest sweep that was broken off. A line that was cut short does not count. */
export function lastRun(folder: string = cache): Run | undefined {
  const name = existsSync(folder) ? readdirSync(folder).sort().at(-1) : undefined
  if (!name) return undefined
  const file = join(folder, name)
  const [plan = '', ...lines] = readFileSync(file, 'utf8').split('\n')
  return new Run(JSON.parse(plan) as Plan, lines.flatMap(resultIn), file)
}

function resultIn(line: string): Result[] {
  try {
    return [JSON.parse(line) as Result]
  } catch {
    return []
  }
}
