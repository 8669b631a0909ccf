import type { Figures, Row } from './figures.js'
import { type StackName, stackNames, stacks } from './stacks.js'

const ratio = (value: number): string => `× ${value.toFixed(3)}`

function section(stack: StackName, rows: readonly Row[]): string {
  const own = rows.filter(row => row.stack === stack)
  const { title, remark } = stacks[stack]
  return `## ${title}

${remark === undefined ? '' : `${remark}\n\n`}| case | stock | stock / stock | Comeback / stock | rounds |
| --- | --- | --- | --- | --- |
${own.map(row => `| ${row.case} | ${row.stockUs.toFixed(0)} µs | ${ratio(row.control)} | ${ratio(row.ratio)} | ${row.rounds} |`).join('\n')}
`
}

/** The page `docs/benchmarks.md`. */
export function page({ rows, liveness, heap, recoveries, pinned }: Figures): string {
  return `# Benchmarks

Written by \`npm run bench -- --write\`. Each library runs three times in one process: as it comes, as it comes once more (the control), and over
Comeback, interleaved in blocks in random order. A ratio is the median over all rounds of a block's time against the stock blocks of the same round. Server and client were
${pinned ? 'pinned to different cores' : 'NOT pinned to different cores, so these figures mean little'}.

${stackNames.map(name => section(name, rows)).join('\n')}
## Connections

A peek costs ${liveness.peekUs.toFixed(1)} µs, a ping ${liveness.pingUs.toFixed(1)} µs. An idle mysql2 connection takes ${(heap.stock / 1_024).toFixed(1)} KB of heap; a session adds ${(heap.added / 1_024).toFixed(1)} KB.

Knex over Comeback, after an outage:

| waiting callers | from “server accepts” to the first success | connections opened by ten slots |
| --- | --- | --- |
${recoveries.map(one => `| ${one.callers} | ${one.recoveryMs.toFixed(0)} ms | ${one.connects} |`).join('\n')}
`
}
