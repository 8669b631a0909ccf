import type { JournalCommand } from '@comeback/chaos'
import type { AdminLink } from '../sweep/admin-link.js'
import type { TaskSeen } from '../sweep/observation.js'
import { type Violation, violationsOf } from '../sweep/verdict.js'
import type { Entry } from './ledger.js'
import { type Side, slots } from './side.js'

/** What was found out about a task when nothing could happen to it any more. */
export interface Settled {
  readonly entry: Entry
  readonly executions: number | undefined
}

/** How often the work of each task is in the database. */
export async function settle(entries: readonly Entry[], admin: AdminLink): Promise<readonly Settled[]> {
  const settled: Settled[] = []
  for (const entry of entries) settled.push({ entry, executions: await entry.task.executions?.(admin) })
  return settled
}

/** Violations of one task, if any. */
function violationsAt({ entry, executions }: Settled): readonly Violation[] {
  const { stack, task, beganAtMs, ran } = entry
  const when = `${(beganAtMs / 1_000).toFixed(3)} s`
  const name = `${stack}, ${task.name} ${task.marker} begun at ${when}`
  const found = [...judge({ tasks: [{ ...ran, name, executions }] })]
  // Each worker keeps to itself.
  if (ran.error?.name === 'SharedConnectionError') {
    found.push({ kind: 'wrongAnswer', detail: `${name}: nothing was shared: ${ran.error.message}` })
  }
  return found
}

/** The sweep's own verdict. */
function judge(seen: {
  readonly tasks?: readonly TaskSeen[]
  readonly failuresAfter?: readonly string[]
  readonly links?: readonly string[]
}): readonly Violation[] {
  return violationsOf({
    point: '',
    hit: true,
    tasks: [],
    failuresAfter: [],
    links: [],
    slots,
    closed: true,
    noise: [],
    leftovers: [],
    elapsedMs: 0,
    ...seen,
  })
}

/** All violations of a round's tasks, each with its task. */
export const taskViolations = (
  settled: readonly Settled[],
): readonly { readonly violation: Violation; readonly entry: Entry }[] =>
  settled.flatMap(one => violationsAt(one).map(violation => ({ violation, entry: one.entry })))

/** What is wrong with a pool after a round. */
export function poolViolations(side: Side, failures: readonly string[]): readonly Violation[] {
  const links = side.proxy.journal.openConnections.map(({ id }) => `c${id}`)
  const found = judge({ failuresAfter: failures, links })
  return found.map(({ kind, detail }) => ({ kind, detail: `${side.name}: ${detail}` }))
}

const timeLine = ({ seq, atMs, fault }: JournalCommand): string =>
  `#${seq} arrived at ${Math.round(atMs)} ms of the journal${fault ? `, ${fault}` : ''}`

/** The lines of the journal that are about a task: its statements, and what else crossed on its connections. */
export function wireLines({ proxy, known }: Side, marker: string): readonly string[] {
  const { journal } = proxy
  const own = journal.commands.filter(({ sql }) => sql?.includes(marker))
  const connections = new Set(own.map(({ connection }) => connection))
  const [first, last] = [own.at(0)?.seq ?? 0, own.at(-1)?.seq ?? 0]
  const near = new Set(
    journal.commands
      .filter(({ connection, seq }) => connections.has(connection) && seq >= first - 20 && seq <= last + 40)
      .map(({ seq }) => `#${seq} `),
  )
  const ends = [...known, ...journal.connections].flatMap(({ id, closedBy, closedAtMs }) =>
    connections.has(id) && closedBy
      ? [`c${id} closed by ${closedBy} at ${Math.round(closedAtMs ?? 0)} ms of the journal`]
      : [],
  )
  const shown = journal
    .toText()
    .split('\n')
    .filter(line => near.has(line.slice(0, line.indexOf(' ') + 1)))
  return [...shown.slice(0, 40), ...ends, ...own.map(timeLine)]
}
