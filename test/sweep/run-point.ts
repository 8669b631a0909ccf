import { type ChaosProxy, type JournalConnection, startChaosProxy } from '@comeback/chaos'
import type { ContractClient, Stack } from '../contract/stack.js'
import type { Server } from '../database/index.js'
import type { AdminLink } from './admin-link.js'
import type { FaultName } from './faults.js'
import { leftSince, resourcesNow } from './leftovers.js'
import { logIn } from './log-in.js'
import type { Noise } from './noise.js'
import type { ErrorSeen, Observation, TaskSeen } from './observation.js'
import { afterOutage, failuresAfter, type Ran, runTask } from './observe.js'
import { type ConnectionCount, type Point, pointName } from './points.js'
import { policy } from './policy.js'
import { loadStack } from './stacks.js'
import { arm } from './strike.js'
import type { Task } from './tasks.js'
import { within } from './within.js'
import { tasksOf, type Workload, workloadOf } from './workloads.js'

/** What points are run on: one server, and the connection beside them. */
export interface Ground {
  readonly server: Server
  readonly admin: AdminLink
  readonly noise: Pick<Noise, 'take'>
  /** Default: the stacks of the sweep. */
  readonly load?: (stack: string) => Promise<Stack>
}

/** After these the server may have been away for longer than anybody waits. */
const serverFaults: readonly FaultName[] = ['sigkill', 'restart', 'sigstop']

const closingMs = 3_000
/** How long links and threads may take to be as many as there are slots. */
const settlingMs = 1_000
let marks = 0

function nextMark(): string {
  marks += 1
  return `m${process.pid}n${marks}`
}

type Unfaulted = Pick<Point, 'stack' | 'workload'>

interface Run {
  readonly proxy: ChaosProxy
  readonly client: ContractClient
  readonly workload: Workload
  readonly tasks: readonly Task[]
}

async function begin({ stack: stackName, workload: name }: Unfaulted, ground: Ground): Promise<Run> {
  const { server, admin } = ground
  const workload = workloadOf(name)
  const tasks = tasksOf(workload, nextMark())
  for (const task of tasks) await task.prepare?.(admin)
  const stack = await (ground.load ?? loadStack)(stackName)
  const proxy = await startChaosProxy({ target: { host: server.host, port: server.port } })
  const client = await stack.open({ config: proxy.config(server.config), slots: workload.slots, policy })
  return { proxy, client, workload, tasks }
}

/** Ends it all and waits until nothing of it can still happen. */
async function end({ proxy, client }: Run, { admin }: Ground): Promise<boolean> {
  proxy.clear()
  const closed = await within(
    closingMs,
    client.close().then(
      () => true,
      () => false,
    ),
  )
  proxy.cutAll('rst')
  await proxy.close()
  await admin.quiet()
  return closed === true
}

/** A machine that is busy with other things may keep a login waiting for longer than the policy does. */
const countingChances = 3

/**
 * Does a workload without a fault and counts what each of its connections said.
 * @throws Error (as a rejection) if it fails again and again.
 */
export async function countPackets(
  unfaulted: Unfaulted,
  ground: Ground,
): Promise<readonly ConnectionCount[]> {
  for (let chance = 1; ; chance++) {
    const { counts, failed } = await countOnce(unfaulted, ground)
    if (!failed) return counts
    if (chance === countingChances) throw new Error(`It fails without a fault: ${failed.message}`)
  }
}

async function countOnce(
  unfaulted: Unfaulted,
  ground: Ground,
): Promise<{ counts: readonly ConnectionCount[]; failed: ErrorSeen | undefined }> {
  const run = await begin(unfaulted, ground)
  const ran = await Promise.all(run.tasks.map(task => runTask(run.client, task, run.proxy.journal)))
  const { journal } = run.proxy
  const counts = journal.connections.map(({ id, packetsToServer, packetsToClient }) => ({
    up: packetsToServer,
    down: packetsToClient,
    commands: journal.commands.filter(command => command.connection === id).length,
  }))
  await end(run, ground)
  const failed = ran.find(({ error }) => error !== undefined && !error.own)?.error
  return { counts, failed }
}

/** The links that are open when those that are about to come have come, and those about to go have gone. */
async function linksOf({ proxy, workload }: Run): Promise<readonly string[]> {
  const { journal } = proxy
  const all = proxy.until(() => journal.openConnections.length === workload.slots, { timeoutMs: settlingMs })
  await all.catch(() => undefined)
  return journal.openConnections.map(({ id, loggedIn, openedAtMs }) => {
    const last = journal.commands.filter(({ connection }) => connection === id).at(-1)
    const said = last ? `${last.kind} at ${Math.round(last.atMs)} ms, answered ${last.answered}` : 'nothing'
    return `c${id} opened at ${Math.round(openedAtMs)} ms, ${loggedIn ? 'logged in' : 'not logged in'}, last ${said}`
  })
}

/** Threads whose client has left without their being told: what it said has vanished. */
function deserted({ proxy: { journal } }: Run): ReadonlySet<number | undefined> {
  const silenced = ({ id, faults, open }: JournalConnection): boolean =>
    !open &&
    (faults.includes('silence') ||
      journal.commands.some(({ connection, fault }) => connection === id && fault === 'silence'))
  return new Set(journal.connections.filter(silenced).map(({ threadId }) => threadId))
}

/** The same, as the server sees it. */
async function threadsOf(run: Run, { admin }: Ground): Promise<readonly string[]> {
  const gone = deserted(run)
  const giveUpAt = performance.now() + settlingMs
  for (;;) {
    const threads = (await admin.threads()).filter(({ id }) => !gone.has(id))
    if (threads.length === run.workload.slots || performance.now() > giveUpAt) {
      return threads.map(({ id, command, timeS }) => `thread ${id} in ${command} for ${timeS} s`)
    }
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

async function effects(run: Run, ran: readonly Ran[], { admin }: Ground): Promise<readonly TaskSeen[]> {
  const seen: TaskSeen[] = []
  for (const [index, one] of ran.entries()) {
    const task = run.tasks[index] as Task
    const executions = await task.executions?.(admin)
    seen.push({ ...one, executions })
  }
  return seen
}

/** Runs one point of the sweep and sees what comes of it. */
export async function runPoint(point: Point, ground: Ground): Promise<Observation> {
  const startedAt = performance.now()
  const before = resourcesNow()
  ground.noise.take()
  const run = await begin(point, ground)
  const strike = arm(point.fault, point.place, { ...ground, proxy: run.proxy })
  const ran = await Promise.all(run.tasks.map(task => runTask(run.client, task, run.proxy.journal)))
  await strike.over()
  const marker = run.tasks[0]?.marker ?? ''
  if (serverFaults.includes(point.fault)) await afterOutage(run.client, marker)
  const failures = await failuresAfter(run.client, marker)
  const links = await linksOf(run)
  const threads = await threadsOf(run, ground)
  const { hit } = strike
  if (serverFaults.includes(point.fault)) await logIn(ground.server)
  const closed = await end(run, ground)
  const tasks = await effects(run, ran, ground)
  const leftovers = await leftSince(before)
  return {
    point: pointName(point),
    hit,
    tasks,
    failuresAfter: failures,
    links,
    threads,
    slots: run.workload.slots,
    closed,
    noise: ground.noise.take(),
    leftovers,
    elapsedMs: Math.round(performance.now() - startedAt),
  }
}
