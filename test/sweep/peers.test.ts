import { describe, expect, it } from 'vitest'
import type { Point } from './points.js'
import { violationLines } from './report.js'
import type { Result } from './results.js'
import { isOurs, loadStack, stacks } from './stacks.js'
import { runPoints } from './sweep.js'
import { workloads } from './workloads.js'

const peers = Object.keys(stacks).filter(name => name.startsWith('peer-'))

/** The wrapper leaves a listener on a connection for each time that its pool hands it out. */
const listenersLeft = /^peer-aws-wrapper.* noise: .*MaxListenersExceededWarning/

/** Every workload that a stack can do, with a fault at a place that no run comes to. */
async function undisturbed(stack: string): Promise<readonly Point[]> {
  const loaded = await loadStack(stack)
  return workloads
    .filter(({ isPossible }) => isPossible?.(loaded) !== false)
    .map(({ name }) => ({
      stack,
      server: 'mariadb',
      workload: name,
      place: { connection: 1_000, kind: 'connect', number: 0 },
      fault: 'cut-before',
    }))
}

describe('what people use today, in the sweep', () => {
  it('is never taken for ours', () => {
    expect(peers).toHaveLength(5)
    expect(peers.filter(isOurs)).toEqual([])
  })

  it('does every workload without a violation while nothing is wrong, but for what the AWS wrapper prints', {
    timeout: 120_000,
  }, async () => {
    const points = (await Promise.all(peers.map(undisturbed))).flat()
    const results: Result[] = []
    await runPoints(points, 2, result => results.push(result))
    expect(violationLines(results).filter(line => !listenersLeft.test(line))).toEqual([])
    expect(results.map(({ hit }) => hit)).not.toContain(true)
  })
})
