import type { Figures, Row } from './figures.js'
import { markdownTable, ratioText } from './markdown.js'
import { outageSection } from './outage-page.js'
import { type PeerName, peers } from './peers.js'
import { type StackName, stackNames, stacks } from './stacks.js'

function section(stack: StackName, rows: readonly Row[]): string {
  const own = rows.filter(row => row.stack === stack)
  const { title, remark, peers: others } = stacks[stack]
  const titles = others.map(peer => `${peers[peer].title} / stock`)
  const head = [
    'case',
    'stock',
    'stock / stock',
    'Comeback / stock',
    'the same with AsyncLocalStorage',
    'stock with AsyncLocalStorage / stock',
    ...titles,
    'rounds',
  ]
  const lines = own.map(row => [
    row.case,
    `${row.stockUs.toFixed(0)} µs`,
    ratioText(row.control),
    `**${ratioText(row.ratio)}**${row.ratioError === undefined ? '' : ` ± ${row.ratioError.toFixed(3)}`}`,
    ratioText(row.ratioInContexts),
    ratioText(row.contexts),
    ...others.map(peer => (row.peers[peer] === undefined ? '' : ratioText(row.peers[peer]))),
    row.rounds,
  ])
  return `## ${title}

${remark === undefined ? '' : `${remark}\n\n`}${markdownTable(head, lines)}
`
}

const peerRemarks = (names: readonly PeerName[]): string =>
  names.map(name => `- **${peers[name].title}**: ${peers[name].remark}`).join('\n')

/** The page `docs/benchmarks.md`. */
export function page({ rows, liveness, heap, recoveries, outages, pinned }: Figures): string {
  return `# Benchmarks

Written by \`npm run bench -- --write\`. Each library runs as it comes, as it comes once more (the control), over Comeback, and with what people put
around it today: each in a process of its own, in blocks that take turns in random order, and in new processes, warmed up, after every six rounds: two processes
with the same program differ by some percent. A block's time is the median of its runs, a ratio the median over all rounds of that time against the stock
blocks of the same round; behind ± is its standard error, by how much the ratios of different processes scatter. Server and client were
${pinned ? 'pinned to different cores' : 'NOT pinned to different cores, so these figures mean little'}.

Many applications have an AsyncLocalStorage in use, by their tracing or their framework: before version 24 Node then follows every promise of the
process, whoever makes it. What that alone costs is in a column of its own, and so is Comeback in such an application, against the library in
such an application. Comeback itself has none in use until \`annotate()\` or \`createConnection()\` is called.

![Time of each case, as a ratio to the library as it comes](benchmarks.svg)

${peerRemarks(stackNames.flatMap(name => stacks[name].peers))}

${stackNames.map(name => section(name, rows)).join('\n')}
${outageSection(outages)}## Connections

A peek costs ${liveness.peekUs.toFixed(1)} µs, a ping ${liveness.pingUs.toFixed(1)} µs. An idle mysql2 connection takes ${(heap.stock / 1_024).toFixed(1)} KB of heap; a session adds ${(heap.added / 1_024).toFixed(1)} KB.

Knex over Comeback, after an outage:

${markdownTable(
  ['waiting callers', 'from “server accepts” to the first success', 'connections opened by ten slots'],
  recoveries.map(one => [one.callers, `${one.recoveryMs.toFixed(0)} ms`, one.connects]),
)}
`
}
