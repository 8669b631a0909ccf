import { describe, expect, it } from 'vitest'
import { DatabaseUnavailableError } from '../errors/database-unavailable-error.js'
import { askMany, failure, leftOver, refused, rig } from './fake-port.js'

describe('a caller', () => {
  it('is told at its deadline why there is no link, under the code of its first loss', async () => {
    const it = rig()
    it.answers(() => refused)
    const firstError = failure('PROTOCOL_CONNECTION_LOST')
    const caller = it.ask({ remainingMs: 500, firstError })
    await it.clock.advance(499)
    expect(caller.error).toBeUndefined()
    await it.clock.advance(1)
    expect(caller.error).toBeInstanceOf(DatabaseUnavailableError)
    expect(caller.error).toMatchObject({
      reason: 'deadline',
      code: 'PROTOCOL_CONNECTION_LOST',
      cause: firstError,
      elapsedMs: 500,
    })
    expect((caller.error as Error).message).toContain('ECONNREFUSED')
    expect(leftOver(it)).toBe(0)
  })

  it('is told so even when no attempt was made for it', async () => {
    const it = rig()
    it.answers(() => refused)
    it.ask({ firstError: failure('ECONNRESET') })
    const other = it.ask({ remainingMs: 20 })
    await it.clock.advance(20)
    expect(other.error).toMatchObject({ reason: 'deadline', code: 'ECONNREFUSED' })
    it.supervisor.close()
  })

  it('never waits longer than the policy allows, however much time it has', async () => {
    const it = rig({ outage: { maxWaitMs: 300 } })
    it.answers(() => 'silence')
    const caller = it.ask({ remainingMs: 1e9 })
    await it.clock.advance(300)
    expect(caller.error).toMatchObject({ reason: 'deadline', code: 'ETIMEDOUT' })
    expect(leftOver(it)).toBe(0)
  })

  it('has an attempt that ends before its own deadline and within the connect timeout', async () => {
    const it = rig({ outage: { connectTimeoutMs: 3_000 } })
    it.answers(() => 'silence')
    it.ask({ remainingMs: 1_000 })
    expect(it.attempts[0]?.timeoutMs).toBe(950)
    it.ask({ remainingMs: 9_000 })
    expect(it.attempts[1]?.timeoutMs).toBe(3_000)
    await it.clock.advance(950)
    expect(it.attempts[0]?.aborted).toBe(true)
    it.supervisor.close()
  })

  it('whose own short deadline cut the attempt short ends there, and that is no outage', async () => {
    const it = rig({ outage: { connectTimeoutMs: 1_000 } })
    it.answers(attempt => (attempt === 1 ? 'silence' : { afterMs: 700 }))
    const hurried = it.ask({ remainingMs: 200 })
    const patient = it.ask()
    await it.clock.advance(190)
    expect(hurried.error).toMatchObject({ reason: 'deadline', code: 'ETIMEDOUT' })
    expect(it.supervisor.state).toBe('normal')
    await it.clock.advance(510)
    expect(patient.link).toBeDefined()
    expect(it.attempts).toHaveLength(2)
    expect(leftOver(it)).toBe(0)
  })

  it('that inherits an attempt which was cut short tries again when it runs out', async () => {
    const it = rig({}, { maxConcurrentConnects: 1 })
    it.answers(attempt => (attempt === 1 ? 'silence' : { afterMs: 1 }))
    const abort = new AbortController()
    it.ask({ remainingMs: 100, signal: abort.signal })
    const heir = it.ask()
    abort.abort()
    await it.clock.advance(95)
    expect(heir.error).toBeUndefined()
    await it.clock.advance(1)
    expect(heir.link).toBeDefined()
    expect(leftOver(it)).toBe(0)
  })

  it('with no time left is refused before anything is tried', async () => {
    const it = rig()
    const caller = it.ask({ remainingMs: 0 })
    await it.clock.advance(0)
    expect(caller.error).toMatchObject({ reason: 'deadline' })
    expect(it.attempts).toHaveLength(0)
    expect(leftOver(it)).toBe(0)
  })

  it('gets the driver’s own error at once when access is refused, and only that caller does', async () => {
    const it = rig()
    const denied = failure('ER_ACCESS_DENIED_ERROR')
    it.answers(attempt => (attempt === 1 ? { afterMs: 1, error: denied } : { afterMs: 1 }))
    const [first, second] = askMany(2, it.ask)
    await it.clock.advance(1)
    expect(first?.error).toBe(denied)
    expect(second?.link).toBeDefined()
    expect(it.supervisor.state).toBe('normal')
    expect(leftOver(it)).toBe(0)
  })

  it('that is refused access ends an outage, because the server has spoken', async () => {
    const it = rig()
    it.answers(attempt =>
      attempt === 1 ? refused : { afterMs: 1, error: failure('ER_ACCESS_DENIED_ERROR') },
    )
    const callers = askMany(3, it.ask, { firstError: failure('ECONNRESET') })
    await it.clock.advance(200)
    expect(
      callers.every(caller => (caller.error as { code: string }).code === 'ER_ACCESS_DENIED_ERROR'),
    ).toBe(true)
    expect(it.attempts).toHaveLength(4)
    expect(it.of('outage-end')).toHaveLength(1)
    expect(leftOver(it)).toBe(0)
  })

  it('gets an error that has nothing to do with the database as it is', async () => {
    const it = rig()
    const odd = new TypeError('no such option')
    it.answers(attempt =>
      attempt <= 2 ? { afterMs: 1, error: attempt === 1 ? failure('ECONNREFUSED') : odd } : { afterMs: 1 },
    )
    const [first, second] = askMany(2, it.ask, { firstError: failure('ECONNRESET') })
    await it.clock.advance(500)
    expect(first?.error).toBe(odd)
    expect(second?.link).toBeDefined()
    expect(leftOver(it)).toBe(0)
  })

  it('that aborts is rejected with the signal’s reason, and its attempt is given up', async () => {
    const it = rig()
    it.answers(() => 'silence')
    const abort = new AbortController()
    const caller = it.ask({ signal: abort.signal })
    const reason = new Error('enough')
    abort.abort(reason)
    await it.clock.advance(0)
    expect(caller.error).toBe(reason)
    expect(it.attempts[0]?.aborted).toBe(true)
    expect(leftOver(it)).toBe(0)
    const late = it.ask({ signal: abort.signal })
    await it.clock.advance(0)
    expect(late.error).toBe(reason)
    expect(it.attempts).toHaveLength(1)
  })

  it('that leaves hands its attempt on to one who waits without', async () => {
    const it = rig({}, { maxConcurrentConnects: 1 })
    it.answers(() => ({ afterMs: 10 }))
    const abort = new AbortController()
    it.ask({ signal: abort.signal })
    const heir = it.ask()
    abort.abort()
    await it.clock.advance(10)
    expect(heir.link?.id).toBe(1)
    expect(it.attempts).toHaveLength(1)
    expect(leftOver(it)).toBe(0)
  })

  it('never gets a link that was opened for another context', async () => {
    const it = rig({}, { maxConcurrentConnects: 1 })
    it.answers(() => ({ afterMs: 10 }))
    const abort = new AbortController()
    it.ask({ signal: abort.signal, context: 'orders' })
    const other = it.ask({ context: 'billing' })
    abort.abort()
    await it.clock.advance(10)
    expect(other.link?.id).toBe(1)
    expect(it.attempts.map(attempt => [attempt.context, attempt.aborted])).toEqual([
      ['orders', true],
      ['billing', false],
    ])
  })
})

describe('bounds', () => {
  it('a caller for whom there is no seat during an outage is refused at once', async () => {
    const it = rig({ outage: { maxWaiting: 2 } })
    it.answers(() => refused)
    it.ask({ firstError: failure('ECONNRESET') })
    await it.clock.advance(5)
    it.ask()
    const refusedAtOnce = it.ask({ firstError: failure('ECONNRESET') })
    await it.clock.advance(0)
    expect(refusedAtOnce.error).toMatchObject({ reason: 'waiting-room-full', code: 'ECONNRESET' })
    expect(it.supervisor.waiting).toBe(2)
    it.supervisor.close()
  })

  it('who waits and who comes is refused once no links are opened any more', async () => {
    const it = rig()
    it.answers(() => 'silence')
    const waiting = it.ask()
    it.supervisor.stopOpening()
    const late = it.ask()
    await it.clock.advance(0)
    for (const caller of [waiting, late]) expect(caller.error).toMatchObject({ reason: 'closed' })
    expect(it.attempts).toHaveLength(1)
    expect(leftOver(it)).toBe(0)
  })

  it('with no seats at all, only the caller that tries waits', async () => {
    const it = rig({ outage: { maxWaiting: 0, breaker: { failures: 1, resetAfterMs: 10 } } })
    it.answers(() => refused)
    const tries = it.ask()
    await it.clock.advance(1)
    expect(tries.error).toMatchObject({ reason: 'breaker-open' })
    const tooEarly = it.ask()
    await it.clock.advance(40)
    expect(tooEarly.error).toMatchObject({ reason: 'waiting-room-full' })
    it.answers(() => ({ afterMs: 1 }))
    const next = it.ask()
    await it.clock.advance(1)
    expect(next.link).toBeDefined()
    expect(leftOver(it)).toBe(0)
  })

  it('an open breaker refuses at once, lets one caller try after its pause, and closes on success', async () => {
    const it = rig({ outage: { breaker: { failures: 3, resetAfterMs: 1_000 } } })
    it.answers(() => refused)
    const callers = askMany(5, it.ask, { firstError: failure('ECONNRESET') })
    await it.clock.advance(120)
    expect(callers.every(caller => (caller.error as { reason: string }).reason === 'breaker-open')).toBe(true)
    expect(it.attempts).toHaveLength(3)
    const refusedAtOnce = it.ask()
    await it.clock.advance(0)
    expect(refusedAtOnce.error).toMatchObject({ reason: 'breaker-open', code: 'ECONNREFUSED' })
    await it.clock.advance(1_000)
    it.answers(() => ({ afterMs: 5 }))
    const trial = it.ask()
    const besides = it.ask()
    await it.clock.advance(5)
    expect(trial.link).toBeDefined()
    expect(besides.error).toMatchObject({ reason: 'breaker-open' })
    expect(it.of('breaker')).toEqual([{ state: 'open' }, { state: 'half-open' }, { state: 'closed' }])
    expect(leftOver(it)).toBe(0)
  })

  it('a breaker whose trial caller goes away lets the next one try', async () => {
    const it = rig({ outage: { breaker: { failures: 1, resetAfterMs: 10 } } })
    it.answers(() => refused)
    it.ask()
    await it.clock.advance(100)
    it.answers(() => 'silence')
    const abort = new AbortController()
    it.ask({ signal: abort.signal })
    abort.abort()
    it.answers(() => ({ afterMs: 1 }))
    await it.clock.advance(100)
    const next = it.ask()
    await it.clock.advance(100)
    expect(next.link).toBeDefined()
  })
})
