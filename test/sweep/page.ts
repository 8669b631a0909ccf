import { faultNames, faults } from './faults.js'
import type { StackCounts, Summary } from './report.js'
import type { ViolationKind } from './verdict.js'
import { workloads } from './workloads.js'

const columns: readonly (readonly [ViolationKind, string])[] = [
  ['lost', 'lost'],
  ['duplicated', 'duplicated'],
  ['torn', 'torn'],
  ['falseNo', 'false “no”'],
  ['hung', 'hung'],
  ['untyped', 'untyped'],
  ['falseUnknown', 'false “unknown”'],
  ['wrongAnswer', 'wrong answer'],
  ['masked', 'masked'],
  ['weakPool', 'weak pool'],
  ['noise', 'noise'],
  ['leak', 'leak'],
]

const head = (names: readonly string[]): string => `| ${names.join(' | ')} |\n|${'---|'.repeat(names.length)}`

const number = (value: number): string => value.toLocaleString('en-US')

function row([stack, counts]: [string, StackCounts]): string {
  const cells = columns.map(([kind]) => number(counts[kind]))
  return `| \`${stack}\` | ${number(counts.points)} | ${number(counts.missed)} | ${cells.join(' | ')} |`
}

/** The page `docs/sweep.md`. */
export function page({ points, stacks }: Summary, pointsInAll: number): string {
  const part = points < pointsInAll ? ` of ${number(pointsInAll)}, evenly spread` : ''
  return `<!-- Generated: npm run sweep -- --write -->

# The sweep

Every workload below is run once without a fault, to count the packets that cross in both directions on each of its
connections; then once for each border between two packets, and for each request, with each fault that can strike there. Every
such **point** has a name, and \`npm run sweep -- --only NAME\` runs it alone. A subset runs with the tests.

Result of ${number(points)} points${part}. A number is that of points at which it happened at least once. *Missed* are those where the fault met no
such packet, because work done side by side was dealt out to the connections in another order.

${head(['stack', 'points', 'missed', ...columns.map(([, title]) => title)])}
${Object.entries(stacks).map(row).join('\n')}

- **lost**: acknowledged, and not in the database. **duplicated**: there more than once. **torn**: a part of a transaction is there.
- **false “no”**: reported as not executed or rolled back, and there.
- **hung**: a promise still pending after five seconds (the deadline is 1.5 s), or a client that cannot be closed.
- **untyped**: an error that is neither Comeback's, nor the application's own, nor the server's word about a healthy statement.
- **false “unknown”**: reported as unknown although the answer had wholly reached the client, by the proxy's journal.
- **wrong answer**: rows missing, repeated or in the wrong order. **masked**: the application threw an error and caught another.
- **weak pool**: one of the next 20 statements fails, or more links are open than the pool has slots.
- **noise**: an unhandled rejection, a warning, a printed line, a crash. **leak**: a timer or a socket that outlives the closed client.

Of connections that do the same, the first two and the last are taken; of long rows of packets that are alike, 48. Faults that need the
server's thread, or mean something else on one of the servers, are left out there.

## Workloads

${head(['name', 'slots of the pool', 'tasks, all at once'])}
${workloads.map(({ name, slots, tasks }) => `| \`${name}\` | ${slots} | ${tasks.length} |`).join('\n')}

## Faults

${head(['name', 'what happens', 'where'])}
${faultNames.map(name => `| \`${name}\` | ${faults[name].says} | ${faults[name].places.join(', ')} |`).join('\n')}

*up*, *down*: behind so many packets to the server, or to the client, 0 before the first. *connect*, *login*, *command*: as that arrives at the proxy.
`
}
