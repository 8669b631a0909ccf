import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
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

const file = fileURLToPath(new URL('../../.cache/sweep/results.jsonl', import.meta.url))

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

/** Keeps these results and no others. */
export function keepOnly(results: readonly Result[]): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, results.map(lineOf).join(''))
}

export function keep(result: Result): void {
  appendFileSync(file, lineOf(result))
}

const lineOf = (result: Result): string => `${JSON.stringify(result)}\n`
