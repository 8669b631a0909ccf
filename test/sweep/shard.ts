// One of the processes that run points: told by its parent which, one at a time.
import { type Flavour, startServer } from '../database/index.js'
import { AdminLink } from './admin-link.js'
import { Audit, prepareAudits } from './audit.js'
import { logIn } from './log-in.js'
import { Noise } from './noise.js'
import type { Observation } from './observation.js'
import type { ConnectionCount, Point } from './points.js'
import { countPackets, type Ground, runPoint } from './run-point.js'
import { createTables } from './tables.js'

/** What a shard is asked. */
export type Job =
  | { readonly ask: 'count'; readonly run: Pick<Point, 'stack' | 'server' | 'workload'> }
  | {
      readonly ask: 'run'
      readonly point: Point
      /** After how many points of a stack it is to be seen what they have left behind. */
      readonly auditEvery: number
    }

/** What it answers. */
export type Answer =
  | { readonly counts: readonly ConnectionCount[] }
  | { readonly observation: Observation }
  /** The sweep itself could not do it. */
  | { readonly broken: string }

await prepareAudits()
const noise = new Noise()

const grounds = new Map<Flavour, Promise<Ground>>()

async function prepareGround(flavour: Flavour): Promise<Ground> {
  // Else transactions that insert side by side lock each other's gaps.
  const server = await startServer({ flavour, flags: ['--transaction-isolation=READ-COMMITTED'] })
  const admin = new AdminLink(server)
  await createTables(admin)
  await logIn(server)
  return { server, admin, noise }
}

/** The ground of this process for a flavour, made when it is first needed. */
function groundOf(flavour: Flavour): Promise<Ground> {
  const ground = grounds.get(flavour) ?? prepareGround(flavour)
  grounds.set(flavour, ground)
  return ground
}

const audit = new Audit()
const rehearsed = new Set<string>()

/** The connection beside the servers is open at every audit, whatever a fault has done to it. */
async function presentGrounds(): Promise<void> {
  for (const ground of grounds.values()) await (await ground).admin.query('SELECT 1')
}

/** What makes a driver keep something for the life of the process, such as a parser for each shape of rows: statements, losses, silence. */
const rehearsals: readonly Pick<Point, 'workload' | 'place' | 'fault'>[] = [
  { workload: 'stream', place: { connection: 1, kind: 'command', number: 1 }, fault: 'cut-before' },
  { workload: 'pool-1', place: { connection: 1, kind: 'command', number: 2 }, fault: 'cut-after' },
  { workload: 'read', place: { connection: 1, kind: 'command', number: 1 }, fault: 'error-1053' },
  { workload: 'read', place: { connection: 1, kind: 'up', number: 2 }, fault: 'mute' },
]

/** Uses a stack before anything is audited, so that it has whatever it keeps for good. */
async function rehearse({ stack, server, workload }: Point): Promise<void> {
  const name = `${stack}@${server}`
  if (rehearsed.has(name)) return
  rehearsed.add(name)
  const ground = await groundOf(server)
  await countPackets({ stack, workload }, ground)
  for (const rehearsal of rehearsals) await runPoint({ stack, server, ...rehearsal }, ground)
  await presentGrounds()
  audit.begin()
}

async function run({ point, auditEvery }: Extract<Job, { ask: 'run' }>): Promise<Observation> {
  await rehearse(point)
  const observation = await runPoint(point, await groundOf(point.server))
  await presentGrounds()
  const left = await audit.after(auditEvery)
  return { ...observation, leftovers: [...observation.leftovers, ...left] }
}

async function answer(job: Job): Promise<Answer> {
  try {
    if (job.ask === 'count') return { counts: await countPackets(job.run, await groundOf(job.run.server)) }
    return { observation: await run(job) }
  } catch (error) {
    return { broken: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

process.on('message', (job: Job) => {
  void answer(job).then(said => process.send?.(said))
})
process.once('disconnect', () => process.exit())
