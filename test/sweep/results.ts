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

/** Results on disk, a line each, so that a sweep that was broken off can go on. */
export class ResultFile {
  /** What an earlier sweep has left. A line that was cut short does not count. */
  read(): readonly Result[] {
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

  clear(): void {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, '')
  }

  add(result: Result): void {
    appendFileSync(file, `${JSON.stringify(result)}\n`)
  }
}
