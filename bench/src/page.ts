import type { Figures } from './figures.js'

const ratio = (value: number): string => `× ${value.toFixed(3)}`

/** The page `docs/benchmarks.md`. */
export function page({ rows, liveness, heap, recoveries, pinned }: Figures): string {
  return `# Benchmarks

Written by \`npm run bench -- --write\`. Stock Knex, stock Knex once more (the control) and Knex with Comeback run in one process, interleaved
in blocks in random order; a ratio is the median over all rounds of a block's time against the stock blocks of the same round. Server and client were
${pinned ? 'pinned to different cores' : 'NOT pinned to different cores, so these figures mean little'}.

| case | stock Knex | stock / stock | Comeback / stock | rounds |
| --- | --- | --- | --- | --- |
${rows.map(row => `| ${row.case} | ${row.stockUs.toFixed(0)} µs | ${ratio(row.control)} | ${ratio(row.ratio)} | ${row.rounds} |`).join('\n')}

A peek costs ${liveness.peekUs.toFixed(1)} µs, a ping ${liveness.pingUs.toFixed(1)} µs. An idle mysql2 connection takes ${(heap.stock / 1_024).toFixed(1)} KB of heap; a session adds ${(heap.added / 1_024).toFixed(1)} KB.

| waiting callers | from “server accepts” to the first success | connections opened by ten slots |
| --- | --- | --- |
${recoveries.map(one => `| ${one.callers} | ${one.recoveryMs.toFixed(0)} ms | ${one.connects} |`).join('\n')}
`
}
