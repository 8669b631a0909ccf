import { faultNames, faults } from './faults.js'
import type { StackResults } from './finished.js'
import { groups, inOrder, type Library, libraries, libraryOf } from './groups.js'
import { type StackCounts, summarize } from './report.js'
import { isOurs } from './stacks.js'
import { type ViolationKind, violationKinds } from './verdict.js'
import { workloads } from './workloads.js'

type Finished = Readonly<Record<string, StackResults>>

const titles: Readonly<Record<ViolationKind, string>> = {
  lost: 'lost',
  duplicated: 'duplicated',
  torn: 'torn',
  falseNo: 'false “no”',
  hung: 'hung',
  untyped: 'untyped',
  falseUnknown: 'false “unknown”',
  wrongAnswer: 'wrong answer',
  masked: 'masked',
  weakPool: 'weak pool',
  noise: 'noise',
  leak: 'leak',
}

const head = (names: readonly string[]): string => `| ${names.join(' | ')} |\n|${'---|'.repeat(names.length)}`

const number = (value: number): string => value.toLocaleString('en-US')

/** At how many of its points a stack has a violation of any kind. */
function verdict({ results }: StackResults): string {
  const bad = results.filter(({ violations }) => violations.length > 0).length
  if (bad === 0) return `**none** of ${number(results.length)}`
  const percent = (bad / results.length) * 100
  return `${percent < 1 ? 'under 1' : percent.toFixed(0)} % of ${number(results.length)}`
}

/** What people put around a library, without the name of the library itself. */
const remedyOf = (stack: string, library: Library): string =>
  stack.replace(/^peer-/, '').replace(`${library}-`, '')

function summaryRow(library: Library, finished: Finished): string {
  const cell = (stack: string): string => (finished[stack] ? verdict(finished[stack]) : '')
  const peers = Object.entries(finished)
    .filter(([stack]) => stack.startsWith('peer-') && libraryOf(stack) === library)
    .map(([stack, results]) => `\`${remedyOf(stack, library)}\`: ${verdict(results)}`)
  return `| ${library} | ${cell(`comeback-${library}`)} | ${cell(`stock-${library}`)} | ${peers.join('<br>')} |`
}

function row(stack: string, counts: StackCounts, inAll: number): string {
  const part = counts.points < inAll ? `${number(counts.points)} of ${number(inAll)}` : number(counts.points)
  const cells = violationKinds.map(kind => number(counts[kind]))
  return `| \`${stack}\` | ${part} | ${number(counts.missed)} | ${cells.join(' | ')} |`
}

function table(stacks: readonly string[], finished: Finished): string {
  const { stacks: counts } = summarize(stacks.flatMap(stack => finished[stack]?.results ?? []))
  const rows = stacks.flatMap(stack => {
    const own = counts[stack]
    return own ? [row(stack, own, finished[stack]?.inAll ?? own.points)] : []
  })
  return `${head(['stack', 'points', 'missed', ...violationKinds.map(kind => titles[kind])])}\n${rows.join('\n')}`
}

const pointsIn = (stacks: readonly string[], finished: Finished): number =>
  stacks.reduce((sum, stack) => sum + (finished[stack]?.results.length ?? 0), 0)

/** The page `docs/sweep.md`. */
export function page(finished: Finished): string {
  const ordered = inOrder(Object.keys(finished))
  const ours = ordered.filter(isOurs)
  const others = ordered.filter(stack => !isOurs(stack))
  return `<!-- Generated: npm run sweep -- --write -->

# The sweep

Every workload below is run once without a fault, to count the packets that cross in both directions on each of its
connections; then once for each border between two packets, and for each request, with each fault that can strike there. Every
such **point** has a name, and \`npm run sweep -- --only NAME\` runs it alone. A subset runs with the tests.

${number(pointsIn(ours, finished))} points were run with Comeback, and ${number(pointsIn(others, finished))} with what people use today, unmodified. Points at which anything went wrong:

${head(['', 'with Comeback', 'as it comes', 'with a common remedy'])}
${libraries.map(library => summaryRow(library, finished)).join('\n')}

![What each fault does to each stack](sweep-heat-map.svg)

${groups.map(({ title, kinds }) => `- **${title}**: ${kinds.map(kind => titles[kind]).join(', ')}.`).join('\n')}

## With Comeback

A number is that of points at which it happened at least once. “500 of 5,000” points are an evenly spread sample. *Missed* are those
where the fault met no such packet, because work done side by side was dealt out to the connections in another order.

${table(ours, finished)}

## As people use them today

The same points, the same questions, of the same versions without Comeback.

${table(others, finished)}

## What is asked at every point

- **lost**: acknowledged, and not in the database. **duplicated**: there more than once. **torn**: a part of a transaction is there.
- **false “no”**: reported as not executed or rolled back, and there.
- **hung**: a promise still pending after five seconds (the deadline is 1.5 s), or a client that cannot be closed.
- **untyped**: an error that is neither Comeback's, nor the application's own, nor the server's word about a healthy statement: it
  does not say whether the work was done. Drivers and libraries have none that does, so that without Comeback most faults show here.
- **false “unknown”**: reported as unknown although the answer had wholly reached the client before it gave up waiting, by the
  proxy's journal. A request that the journal does not show may have vanished with a connection that was cut; then nobody can know.
- **wrong answer**: rows missing, repeated or in the wrong order. **masked**: the application threw an error and caught another.
- **weak pool**: one of the next 20 statements fails, or there are not as many links, or threads of the server, as the pool has slots.
- **noise**: an unhandled rejection, a warning, a printed line, a crash. **leak**: a timer, a socket or a listener that outlives the closed client.

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
