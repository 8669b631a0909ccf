import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../liveness/fake-clock.js'
import { resolvePolicy } from '../policy/resolve-policy.js'
import { failure } from './fake-port.js'
import { Outage, wasRefusedAtOnce } from './outage.js'

const busy = failure('ER_CON_COUNT_ERROR')
const refused = failure('ECONNREFUSED')

const setUp = () => {
  const clock = createFakeClock()
  return { clock, outage: new Outage(resolvePolicy(), clock, () => 0.999) }
}

/** The pause after each of these failed probes, rounded up. */
const pauses = (...errors: Error[]): number[] => {
  const { outage } = setUp()
  return errors.map(error => {
    outage.failed(error, true)
    return Math.ceil(outage.untilProbeMs())
  })
}

describe('an outage', () => {
  it('begins with the first failure and ends with the first answer', async () => {
    const { clock, outage } = setUp()
    expect(outage.isOn).toBe(false)
    expect(outage.end()).toBeUndefined()
    expect(outage.failed(busy, false)).toBe(true)
    expect(outage.failed(busy, true)).toBe(false)
    await clock.advance(70)
    expect(outage.end()).toEqual({ durationMs: 70, attempts: 2 })
    expect(outage.isOn).toBe(false)
    expect(outage.untilProbeMs()).toBe(0)
  })

  it('is probed with growing pauses, but steadily while connects are refused at once', () => {
    expect(pauses(busy, busy, busy, busy)).toEqual([25, 50, 100, 200])
    expect(pauses(refused, refused, refused, refused)).toEqual([40, 40, 40, 40])
  })

  it('begins its pauses small again when a server that was refusing lets connections in but no login', () => {
    expect(pauses(...Array.from({ length: 50 }, () => refused), busy, busy).slice(-2)).toEqual([25, 50])
  })

  it('learns no pause from attempts that were under way before it began', () => {
    const { outage } = setUp()
    for (let attempt = 0; attempt < 10; attempt++) outage.failed(busy, false)
    expect(Math.ceil(outage.untilProbeMs())).toBe(25)
  })

  it('waits as long after a probe without a result as after the failure before', async () => {
    const { clock, outage } = setUp()
    outage.failed(busy, false)
    outage.failed(busy, true)
    await clock.advance(50)
    expect(outage.untilProbeMs()).toBe(0)
    outage.probeAbandoned()
    expect(Math.ceil(outage.untilProbeMs())).toBe(50)
    outage.end()
    outage.probeAbandoned()
    expect(outage.untilProbeMs()).toBe(0)
  })
})

describe('being refused at once', () => {
  it('is told from other errors, also where several addresses were tried', () => {
    expect(wasRefusedAtOnce(refused)).toBe(true)
    expect(wasRefusedAtOnce(new AggregateError([refused, refused]))).toBe(true)
    expect(wasRefusedAtOnce(failure('ENOENT'))).toBe(true)
    expect(wasRefusedAtOnce(failure('ENOENT', 'open'))).toBe(false)
    expect(wasRefusedAtOnce(failure('ETIMEDOUT'))).toBe(false)
    expect(wasRefusedAtOnce(undefined)).toBe(false)
  })
})
