import { markdownTable, ratioText } from './markdown.js'
import { type Outage, type OutageKind, outageKinds } from './outages.js'
import { titleOf } from './tell.js'

const titles: Readonly<Record<OutageKind, string>> = {
  restart: 'The server is stopped, the callers call, the server is started',
  cut: 'All connections are closed at the moment of the calls',
  silence: 'Idle connections have been forgotten on the way, as by a firewall',
}

/** How long it took until the first success, and how that compares with the library as it comes. */
function time({ variant, recoveryMs }: Outage, stock: Outage | undefined): string {
  if (recoveryMs === undefined) return 'never'
  const ms = `${recoveryMs.toFixed(recoveryMs < 10 ? 1 : 0)} ms`
  if (variant === 'stock' || !stock?.recoveryMs) return ms
  return `${ms} (${ratioText(recoveryMs / stock.recoveryMs, 2)})`
}

/** A line for each use of a library, a column for each number of callers. */
function kindTable(outages: readonly Outage[]): string {
  const callers = [...new Set(outages.map(outage => outage.callers))]
  const uses = [...new Set(outages.map(titleOf))]
  const lines = uses.map(use => {
    const own = callers.flatMap(count => outages.filter(one => titleOf(one) === use && one.callers === count))
    const stockOf = ({ stack, callers: count }: Outage): Outage | undefined =>
      outages.find(one => one.variant === 'stock' && one.stack === stack && one.callers === count)
    return [
      use,
      ...own.map(one => time(one, stockOf(one))),
      own.map(({ failed }) => failed).join(' / '),
      own.map(({ hung }) => hung).join(' / '),
    ]
  })
  const head = callers.map(count => `${count} ${count === 1 ? 'caller' : 'callers'}`)
  return markdownTable(['', ...head, 'got an error', 'hung'], lines)
}

/** What the page says of outages; nothing if none was measured. */
export function outageSection(outages: readonly Outage[]): string {
  const [first] = outages
  if (!first) return ''
  const parts = outageKinds.flatMap(kind => {
    const own = outages.filter(outage => outage.kind === kind)
    return own.length === 0 ? [] : [`### ${titles[kind]}\n\n${kindTable(own)}\n`]
  })
  return `## After an outage

From the moment at which the server can be reached to the first success, the median of ${first.rounds} rounds, and its ratio to that of the
library as it comes; then how many of the callers got an error, and how many hung, in the worst round. Who gets an error calls again.

${parts.join('\n')}
`
}
