import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Result, stackOf } from './results.js'

/** What is known of one stack. */
export interface StackResults {
  /** How many points it has. */
  readonly inAll: number
  /** Of those that were run. */
  readonly results: readonly Result[]
}

const folder = fileURLToPath(new URL('../../.cache/sweep/finished', import.meta.url))

/** Keeps the results of a whole sweep or of an evenly spread sample, for each stack in place of its earlier ones. */
export function keepFinished(results: readonly Result[], inAll: Readonly<Record<string, number>>): void {
  mkdirSync(folder, { recursive: true })
  for (const [stack, number] of Object.entries(inAll)) {
    const own: StackResults = { inAll: number, results: results.filter(result => stackOf(result) === stack) }
    writeFileSync(join(folder, `${stack}.json`), JSON.stringify(own))
  }
}

/** The newest of each stack. */
export function finishedResults(): Readonly<Record<string, StackResults>> {
  if (!existsSync(folder)) return {}
  return Object.fromEntries(
    readdirSync(folder).map(name => [
      parse(name).name,
      JSON.parse(readFileSync(join(folder, name), 'utf8')) as StackResults,
    ]),
  )
}
