import { describe, expect, it } from 'vitest'
import { planRound, type Setting, workersOfStack } from './plan.js'
import { isServers } from './troubles.js'

const setting: Setting = {
  server: 'mariadb',
  breakable: true,
  stacks: [
    { name: 'mysql2', prepares: true },
    { name: 'prisma', prepares: false },
  ],
}

const plans = (seed: string, given = setting) =>
  Array.from({ length: 200 }, (_, round) => planRound(seed, round + 1, given))

describe('the plan of a soak', () => {
  it('is the same for the same seed, in work and in faults, and another for another', () => {
    expect(plans('7')).toEqual(plans('7'))
    expect(plans('7')).not.toEqual(plans('8'))
    expect(planRound('7', 1, setting)).not.toEqual(planRound('7', 2, setting))
  })

  it('has faults in every round, in order and in time, no more than one of them done to the server', () => {
    for (const { troubles, loadMs } of plans('7')) {
      expect(troubles.length).toBeGreaterThan(0)
      expect(troubles.filter(({ name }) => isServers(name)).length).toBeLessThan(2)
      const times = troubles.map(({ atMs }) => atMs)
      expect(times).toEqual(times.toSorted((one, other) => one - other))
      expect(times.every(atMs => atMs < loadMs)).toBe(true)
    }
  })

  it('comes to every fault that the server knows, and to none that it does not', () => {
    const names = (given: Setting) =>
      new Set(plans('7', given).flatMap(({ troubles }) => troubles.map(({ name }) => name)))
    const onMariadb = names(setting)
    expect(onMariadb.size).toBe(23)
    expect(onMariadb.has('error-4031')).toBe(false)
    expect(names({ ...setting, server: 'mysql' }).has('error-4031')).toBe(true)
    expect(names({ ...setting, breakable: false }).has('sigkill')).toBe(false)
  })

  it('keeps each worker busy to the end, and prepares only where that can be done', () => {
    const { work, loadMs } = planRound('7', 1, setting)
    for (const workers of Object.values(work)) {
      expect(workers).toHaveLength(workersOfStack)
      for (const tasks of workers) {
        expect(tasks.reduce((sum, { thinkMs }) => sum + thinkMs, 0)).toBeGreaterThanOrEqual(loadMs)
      }
    }
    const kinds = (stack: string) => plans('7').flatMap(plan => (plan.work[stack] ?? []).flat())
    expect(kinds('mysql2').some(({ kind }) => kind === 'prepared')).toBe(true)
    expect(kinds('prisma').some(({ kind }) => kind === 'prepared')).toBe(false)
  })
})
