import { findingLines } from './findings.js'
import { boundBytes, type HeapTrend, heapTrend } from './leaks.js'
import type { Endings, Ledger } from './ledger.js'
import type { SoakRecord } from './record.js'

/** The figures of `--json`. */
export interface Summary {
  readonly seed: string
  readonly server: string
  readonly minutes: number
  readonly rounds: number
  readonly tasks: Endings
  /** Of the unknown, those that the journal alone does not excuse. */
  readonly excuses: Ledger['excuses']
  readonly troubles: number
  readonly linksLost: number
  readonly strays: number
  readonly looks: number
  readonly longestMs: number
  readonly errors: Readonly<Record<string, number>>
  readonly heap: HeapTrend
  readonly violations: number
  readonly kinds: Readonly<Record<string, number>>
}

export function summarize(record: SoakRecord): Summary {
  const { wish, version, ledger, findings } = record
  const kinds: Record<string, number> = {}
  for (const { kind } of findings) kinds[kind] = (kinds[kind] ?? 0) + 1
  return {
    seed: wish.seed,
    server: `${wish.server} ${version}`,
    minutes: Math.round(record.elapsedMs / 600) / 100,
    rounds: record.rounds,
    tasks: ledger.total,
    excuses: ledger.excuses,
    troubles: record.troubles.struck,
    linksLost: record.linksLost,
    strays: record.strays,
    looks: record.looks,
    longestMs: ledger.longestMs,
    errors: Object.fromEntries(ledger.errors),
    heap: heapTrend(record.calms),
    violations: record.violations,
    kinds,
  }
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`

/** One sentence on the heap. */
export function heapLine({ verdict, bytesPerRound, plusMinusBytes, rounds, ...heap }: HeapTrend): string {
  const [first, last] = [megabytes(heap.firstBytes), megabytes(heap.lastBytes)]
  const range = `${first} to ${last} after garbage collection in the last ${rounds} rounds`
  if (verdict === 'too short to tell') return `too short to tell (${range})`
  const kilobytes = (bytes: number): string => (bytes / 1_000).toFixed(1)
  const slope = `${kilobytes(bytesPerRound)} ± ${kilobytes(plusMinusBytes)} kB a round, allowed are ${kilobytes(boundBytes)}`
  return `${verdict}: ${range}; ${slope}`
}

function unknownText({ tasks, excuses: { vanished, crossed } }: Summary): string {
  const missing = tasks.unknown - vanished - crossed
  return `${tasks.unknown}: ${missing} with the answer missing on the wire, ${vanished} with a request that went into a connection as it was cut, ${crossed} given up in silence as the answer came`
}

/** What is said at the end: rows of a name and a text. */
export function rows(summary: Summary): readonly (readonly [name: string, text: string])[] {
  const { tasks } = summary
  const number = (value: number): string => value.toLocaleString('en')
  return [
    ['server', summary.server],
    ['seed', summary.seed],
    [
      'time',
      `${summary.minutes} min in ${summary.rounds} rounds, the tables looked at ${number(summary.looks)} times meanwhile`,
    ],
    ['faults that struck', number(summary.troubles)],
    [
      'links lost',
      `${number(summary.linksLost)}; server threads ended that had lost their client in silence: ${summary.strays}`,
    ],
    ['tasks acknowledged', number(tasks.acknowledged)],
    ['failed, nothing done', number(tasks.failed)],
    ['outcome unknown', unknownText(summary)],
    ['own error, caught', number(tasks.own)],
    ['pending for ever', number(tasks.hung)],
    ['longest task', `${(summary.longestMs / 1_000).toFixed(1)} s`],
    ['heap', heapLine(summary.heap)],
    ['violations', number(summary.violations)],
  ]
}

/** The end of a soak, for a terminal. */
export function lines(record: SoakRecord): readonly string[] {
  const summary = summarize(record)
  const table = rows(summary).map(([name, text]) => `${name.padEnd(22)}${text}`)
  return [...record.findings.flatMap(findingLines), '', ...table]
}
