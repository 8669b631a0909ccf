import type { Figures, Row } from './figures.js'
import type { Outage, OutageKind } from './outages.js'
import { type PeerName, peers } from './peers.js'
import type { Variant } from './stack.js'
import { type StackName, stackNames, stacks } from './stacks.js'

const ratio = (value: number | undefined): string => (value === undefined ? '' : `× ${value.toFixed(3)}`)

function section(stack: StackName, rows: readonly Row[]): string {
  const own = rows.filter(row => row.stack === stack)
  const { title, remark, peers: others } = stacks[stack]
  const titles = others.map(peer => `${peers[peer].title} / stock`)
  const head = ['case', 'stock', 'stock / stock', 'Comeback / stock', ...titles, 'rounds']
  const lines = own.map(row => [
    row.case,
    `${row.stockUs.toFixed(0)} µs`,
    ratio(row.control),
    `**${ratio(row.ratio)}**`,
    ...others.map(peer => ratio(row.peers[peer])),
    row.rounds,
  ])
  return `## ${title}

${remark === undefined ? '' : `${remark}\n\n`}${table([head, ...lines])}
`
}

function table([head = [], ...lines]: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...lines.map(line)].join('\n')
}

const outageTitles: Readonly<Record<OutageKind, string>> = {
  restart: 'The server is stopped, the callers call, the server is started',
  cut: 'All connections are closed at the moment of the calls',
  silence: 'Idle connections have been forgotten on the way, as by a firewall',
}

const titleOf = (variant: Variant): string => {
  if (variant === 'comeback') return '**Comeback**'
  return variant === 'stock' || variant === 'control' ? 'stock' : peers[variant].title
}

/** How long it took, how that compares with the library as it comes, and what the callers saw of it. */
function outageLine(one: Outage, stock: Outage | undefined): readonly (string | number)[] {
  const { recoveryMs } = one
  const compared =
    one === stock || recoveryMs === undefined || !stock?.recoveryMs
      ? ''
      : ratio(recoveryMs / stock.recoveryMs)
  return [
    stacks[one.stack].title,
    titleOf(one.variant),
    one.callers,
    recoveryMs === undefined ? 'never' : `${recoveryMs.toFixed(0)} ms`,
    compared,
    one.failed,
    one.hung,
  ]
}

function outageSection(kind: OutageKind, outages: readonly Outage[]): string {
  const own = outages.filter(outage => outage.kind === kind)
  if (own.length === 0) return ''
  const head = ['library', 'as', 'callers', 'first success after', 'against stock', 'got an error', 'hung']
  const lines = own.map(one =>
    outageLine(
      one,
      own.find(
        ({ stack, callers, variant }) =>
          stack === one.stack && callers === one.callers && variant === 'stock',
      ),
    ),
  )
  return `### ${outageTitles[kind]}

${table([head, ...lines])}
`
}

function outagesSection(outages: readonly Outage[]): string {
  if (outages.length === 0) return ''
  const kinds = Object.keys(outageTitles) as OutageKind[]
  return `## After an outage

From the moment at which the server can be reached again to the first success: the median of ${outages[0]?.rounds} rounds. Of the callers, the
worst round. A caller that gets an error calls again.

${kinds.map(kind => outageSection(kind, outages)).join('\n')}`
}

const peerRemarks = (names: readonly PeerName[]): string =>
  names.map(name => `- **${peers[name].title}**: ${peers[name].remark}`).join('\n')

/** The page `docs/benchmarks.md`. */
export function page({ rows, liveness, heap, recoveries, outages, pinned }: Figures): string {
  return `# Benchmarks

Written by \`npm run bench -- --write\`. Each library runs several times in one process: as it comes, as it comes once more (the control), over
Comeback, and with what people put around it today, interleaved in blocks in random order. A ratio is the median over all rounds of a block's
time against the stock blocks of the same round. Server and client were
${pinned ? 'pinned to different cores' : 'NOT pinned to different cores, so these figures mean little'}.

![Time of each case, as a ratio to the library as it comes](benchmarks.svg)

${peerRemarks(stackNames.flatMap(name => stacks[name].peers))}

${stackNames.map(name => section(name, rows)).join('\n')}
${outagesSection(outages)}
## Connections

A peek costs ${liveness.peekUs.toFixed(1)} µs, a ping ${liveness.pingUs.toFixed(1)} µs. An idle mysql2 connection takes ${(heap.stock / 1_024).toFixed(1)} KB of heap; a session adds ${(heap.added / 1_024).toFixed(1)} KB.

Knex over Comeback, after an outage:

${table([
  ['waiting callers', 'from “server accepts” to the first success', 'connections opened by ten slots'],
  ...recoveries.map(one => [one.callers, `${one.recoveryMs.toFixed(0)} ms`, one.connects]),
])}
`
}
