import type { AdminLink } from '../sweep/admin-link.js'
import { afterOutage, failuresAfter } from '../sweep/observe.js'
import { late, within } from '../sweep/within.js'
import { type Side, slots } from './side.js'

/** Users of connections that are clients', also before they have logged in. */
const clients = ['app', 'unauthenticated user', 'unauthenticated']
/** Threads of links that were cut off silently end by themselves in this time, or are ended. */
const straysMs = 2_000
const strayPatienceMs = 15_000
const fewMs = 1_000
const busyMs = 5_000

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** On how many links as many statements as there are slots run at once. */
async function linksInUse({ client, proxy }: Side, marker: string): Promise<number> {
  const statements = Array.from({ length: slots }, () =>
    client.raw(`SELECT SLEEP(0.05) AS slept /* ${marker} */`),
  )
  const done = await within(busyMs, Promise.allSettled(statements))
  if (done === late) return Number.NaN
  const seen = proxy.journal.sent(new RegExp(`SLEEP.*${marker}`))
  return new Set(seen.map(({ connection }) => connection)).size
}

/** What is wrong with a pool now that all troubles are over: it has to be back at its full strength. */
export async function weaknesses(side: Side, marker: string): Promise<readonly string[]> {
  await afterOutage(side.client, marker)
  const failures = [...(await failuresAfter(side.client, marker))]
  const inUse = await linksInUse(side, marker)
  if (inUse !== slots) failures.push(`${slots} statements at once ran on ${inUse} links`)
  const { proxy } = side
  const few = proxy.until(journal => journal.openConnections.length <= slots, { timeoutMs: fewMs })
  await few.catch(() => undefined)
  return failures
}

/**
 * Waits until every client's thread of the server belongs to an open link, so that nothing that was on its way can still happen.
 * Gives how many threads had to be ended that had lost their client in silence.
 */
export async function onlyOpenLinks(admin: AdminLink, sides: readonly Side[]): Promise<number> {
  const startedAt = performance.now()
  const ended = new Set<number>()
  for (;;) {
    const open = new Set(
      sides.flatMap(({ proxy }) => proxy.journal.openConnections.map(({ threadId }) => threadId)),
    )
    const rows = await admin.query<{ Id: number; User: string }>('SHOW PROCESSLIST')
    const strays = rows.filter(({ Id, User }) => clients.includes(User) && !open.has(Number(Id)))
    if (strays.length === 0) {
      for (const { proxy } of sides) proxy.dropAbandoned()
      return ended.size
    }
    const elapsed = performance.now() - startedAt
    if (elapsed > strayPatienceMs)
      throw new Error('The server did not get rid of threads that lost their clients.')
    for (const { Id } of elapsed > straysMs ? strays : []) {
      ended.add(Id)
      // It may have gone by itself.
      await admin.query(`KILL CONNECTION ${Id}`).catch(() => undefined)
    }
    await pause(10)
  }
}
