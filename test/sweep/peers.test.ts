import { beforeAll, describe, expect, it } from 'vitest'
import { type Point, parsePoint, pointName } from './points.js'
import { violationLines } from './report.js'
import type { Result } from './results.js'
import { isOurs, loadStack, stacks } from './stacks.js'
import { runPoints } from './sweep.js'
import type { ViolationKind } from './verdict.js'
import { workloads } from './workloads.js'

const peers = Object.keys(stacks).filter(name => name.startsWith('peer-'))

/** The wrapper leaves a listener on a connection for each time that its pool hands it out, and connections behind its closed pool. */
const left = /^peer-aws-wrapper.* (noise: .*MaxListenersExceededWarning|leak: .* event emitters alive)/

/** Together they do all that there is: the pool of eight does what is left out here. */
const chosen = ['prepared', 'own-error', 'batch', 'stream', 'pool-8']

/** The workloads that a stack can do, with a fault at a place that no run comes to. */
async function undisturbed(stack: string): Promise<readonly Point[]> {
  const loaded = await loadStack(stack)
  return workloads
    .filter(({ name, isPossible }) => chosen.includes(name) && isPossible?.(loaded) !== false)
    .map(({ name }) => ({
      stack,
      server: 'mariadb',
      workload: name,
      place: { connection: 1_000, kind: 'connect', number: 0 },
      fault: 'cut-before',
    }))
}

/** Points at which it is known what must be found. */
const known: readonly (readonly [point: string, kind: ViolationKind])[] = [
  // It sends the lost statement and all that follow outside the transaction.
  ['peer-serverless-mysql/transaction/c1.command3/cut-after', 'torn'],
  ['peer-sequelize-retry/insert/c1.command2/cut-after', 'duplicated'],
  ['peer-typeorm-retry/transfer/c1.command5/cut-after', 'duplicated'],
]

describe('what people use today, in the sweep', () => {
  const results = new Map<string, Result>()
  let quiet: readonly string[] = []

  beforeAll(async () => {
    const points = (await Promise.all(peers.map(undisturbed))).flat()
    quiet = points.map(pointName)
    const all = [...points, ...known.map(([point]) => parsePoint(point))]
    await runPoints(all, 2, result => results.set(result.point, result))
  })

  it('is never taken for ours', () => {
    expect(peers).toHaveLength(5)
    expect(peers.filter(isOurs)).toEqual([])
  })

  it('does all its work without a violation while nothing is wrong, but for what the AWS wrapper leaves', () => {
    const undisturbedResults = [...results.values()].filter(({ point }) => quiet.includes(point))
    expect(undisturbedResults).toHaveLength(quiet.length)
    expect(undisturbedResults.filter(({ hit }) => hit)).toEqual([])
    expect(violationLines(undisturbedResults).filter(line => !left.test(line))).toEqual([])
  })

  it.each(known)('what comes of it is told: %s is %s', (point, kind) => {
    expect(results.get(point)?.violations.map(violation => violation.kind)).toContain(kind)
  })
})
