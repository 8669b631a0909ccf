import { AsyncLocalStorage } from 'node:async_hooks'
import { median } from 'simple-statistics'
import { type Case, cases } from './cases.js'
import type { Order, Report } from './contestant.js'
import { pinClient } from './pin.js'
import { type Client, SLOTS } from './stack.js'
import { stacks } from './stacks.js'

/**
 * One use of one library, alone in its process: how fast code is depends on what else a process has run through the same functions.
 */
let client: Client | undefined

/**
 * A server runs for days. After 1.5 s of transactions a process still takes twice the processor's time that it takes after 6 s.
 */
const WARM_UP = { leastMs: 1_500, mostMs: 6_000 }

const report = (message: Report): void => void process.send?.(message)

/** As tracing and many frameworks do. Before Node 24 each promise of the process costs more then. */
const useAsyncLocalStorage = (): void => new AsyncLocalStorage<undefined>().enterWith(undefined)

const caseOf = (name: string): Case => {
  const found = cases.find(one => one.name === name)
  if (found === undefined) throw new RangeError(`There is no case ${name}`)
  return found
}

/**
 * Runs until so many milliseconds have passed. The median of the microseconds that single runs took: what else the machine does
 * strikes few of them, but hard.
 */
async function runFor(one: Case, on: Client, ms: number): Promise<number> {
  const startedAt = performance.now()
  const times: number[] = []
  let now = startedAt
  do {
    const before = now
    await one.run(on)
    now = performance.now()
    times.push((now - before) * 1_000)
  } while (now - startedAt < ms)
  return median(times)
}

async function warmUp(one: Case, on: Client): Promise<void> {
  const startedAt = performance.now()
  let runs = 0
  let ms = 0
  do {
    await one.run(on)
    runs += 1
    ms = performance.now() - startedAt
  } while (ms < WARM_UP.leastMs || (runs < one.warmUpRuns && ms < WARM_UP.mostMs))
}

async function obey(order: Order): Promise<void> {
  if (order.kind === 'open') {
    const { stack, variant, inContexts, config } = order.entrant
    if (inContexts) useAsyncLocalStorage()
    const { open } = await stacks[stack].load()
    const opened = await open(variant, config)
    // All connections, so that none is opened within a block.
    await Promise.all(Array.from({ length: SLOTS }, () => opened.select()))
    client = opened
    const possible = cases.filter(one => one.isPossible?.(opened) !== false).map(one => one.name)
    report({ kind: 'opened', cases: possible })
  } else if (client === undefined) throw new Error('Nothing has been opened')
  else if (order.kind === 'close') {
    await client.close()
    process.disconnect()
  } else if (order.kind === 'warm up') {
    await warmUp(caseOf(order.case), client)
    report({ kind: 'warm' })
  } else {
    const one = caseOf(order.case)
    // The others have had the processor meanwhile, and its caches.
    await runFor(one, client, order.leadInMs)
    report({ kind: 'took', us: await runFor(one, client, order.ms) })
  }
}

pinClient()
process.on('message', (order: Order) => void obey(order))
process.on('disconnect', () => process.exit())
