import { describe, expect, it } from 'vitest'
import { availableServers } from '../database/index.js'
import { quickPoints } from './quick.js'
import { violationLines } from './report.js'
import type { Result } from './results.js'
import { isOurs, stacks } from './stacks.js'
import { enumerate, runPoints } from './sweep.js'

/** As many as the machine is sure to have. */
const shards = 2

describe('the quick subset of the sweep', () => {
  it('no fault at any packet makes a stack of ours lose, repeat, hang or confuse anything', {
    timeout: 300_000,
  }, async () => {
    const servers = (await availableServers()).map(({ flavour }) => flavour)
    const selection = { stacks: Object.keys(stacks).filter(isOurs), servers, workloads: [], faults: [] }
    const points = quickPoints(await enumerate(selection, shards))
    const results: Result[] = []
    await runPoints(points, shards, result => results.push(result))
    expect(violationLines(results)).toEqual([])
    expect(results).toHaveLength(points.length)
  })
})
