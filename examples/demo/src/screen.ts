import Table from 'cli-table3'
import logUpdate from 'log-update'
import colour from 'picocolors'
import { calamities, LOAD_MS } from './calamities.js'
import type { Ending, Work } from './load.js'
import type { Tally } from './tally.js'

const BAR = 40

function counts(book: readonly Work[]): string {
  const of = (ending: Ending | undefined): number => book.filter(work => work.ending === ending).length
  const failed = of('failed')
  const unknown = of('unknown')
  return [
    colour.green(`${of('acknowledged')} acknowledged`),
    failed > 0 ? colour.red(`${failed} failed`) : '0 failed',
    unknown > 0 ? colour.yellow(`${unknown} unknown`) : '0 unknown',
    `${of(undefined)} waiting`,
  ].join(', ')
}

/** Shows how the demo goes: live on a terminal, a line for each calamity elsewhere. Writes to stderr. */
export class Screen {
  readonly #isLive = process.stderr.isTTY === true
  readonly #title: string
  #told = 0

  constructor(title: string) {
    this.#title = title
  }

  /** Says one line for good. */
  say(line: string): void {
    if (this.#isLive) logUpdate.done()
    process.stderr.write(`${line}\n`)
  }

  show(elapsedMs: number, bare: readonly Work[], comeback: readonly Work[]): void {
    const struck = calamities.filter(({ atMs }) => atMs <= elapsedMs)
    const seconds = `${(elapsedMs / 1_000).toFixed(0)} of ${LOAD_MS / 1_000} s`
    if (!this.#isLive) {
      for (const { name, atMs } of struck.slice(this.#told)) {
        this.say(`  ${(atMs / 1_000).toFixed(1)} s: ${name}`)
      }
      this.#told = struck.length
      return
    }
    const done = Math.min(BAR, Math.round((elapsedMs / LOAD_MS) * BAR))
    const bar = colour.cyan('█'.repeat(done)) + colour.dim('░'.repeat(BAR - done))
    logUpdate(
      [
        `${bar} ${seconds}  ${colour.yellow(struck.at(-1)?.name ?? 'all is well')}`,
        `${`stock ${this.#title}`.padEnd(15)} ${counts(bare)}`,
        `${'with Comeback'.padEnd(15)} ${counts(comeback)}`,
      ].join('\n'),
    )
  }

  /** The end of the live part. */
  done(): void {
    if (this.#isLive) logUpdate.done()
  }
}

const bad = (count: number): string => (count === 0 ? '0' : colour.red(String(count)))

/** The table at the end. */
export function table(title: string, bare: Tally, comeback: Tally): string {
  const rows = new Table({
    head: ['', 'acknowledged', 'failed', 'unknown', 'duplicated', 'lost', 'hung', 'longest wait'],
    style: { head: [], border: [] },
  })
  for (const [name, one] of [
    [`stock ${title}`, bare],
    ['with Comeback', comeback],
  ] as const) {
    rows.push([
      name,
      one.acknowledged,
      bad(one.failed),
      one.unknown,
      bad(one.duplicated),
      bad(one.lost),
      bad(one.hung),
      `${one.longestWaitMs} ms`,
    ])
  }
  return rows.toString()
}
