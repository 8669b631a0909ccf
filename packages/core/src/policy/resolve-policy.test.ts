import { describe, expect, it } from 'vitest'
import { ComebackConfigError } from '../errors/comeback-config-error.js'
import { optionPaths, optionsOf } from './option-paths.js'
import type { Policy } from './policy.js'
import { resolvePolicy } from './resolve-policy.js'

const refusal = (policy: unknown): ComebackConfigError => {
  try {
    resolvePolicy(policy as Policy)
  } catch (error) {
    if (error instanceof ComebackConfigError) return error
    throw error
  }
  throw new Error('the policy was accepted')
}

describe('resolvePolicy', () => {
  it('gives the careful defaults without a policy', () => {
    expect(resolvePolicy()).toEqual({
      prePing: { mode: 'after-idle', afterIdleMs: 1_000, timeoutMs: 1_000 },
      keepAlive: { everyMs: 60_000 },
      maxLifetimeMs: 1_800_000,
      lifetimeJitterMs: 60_000,
      retry: {
        maxAttempts: 4,
        deadlineMs: 10_000,
        backoff: { initialMs: 25, maxMs: 1_000 },
        budget: { ratio: 0.1, minPerSecond: 10 },
      },
      writes: 'proven-unsent',
      reads: 'any',
      transactions: { replay: 0, outcome: 'report' },
      outage: {
        maxWaitMs: 10_000,
        maxWaiting: 1_000,
        probeEveryMs: 40,
        connectTimeoutMs: 3_000,
        breaker: false,
      },
      watchdog: { afterMs: 5_000, timeoutMs: 1_000 },
      statementDeadlineMs: 0,
      sharing: 'error',
      classify: undefined,
      annotation: {},
      logger: undefined,
      name: 'default',
    })
  })

  it('lists exactly the options that it resolves', () => {
    expect([...optionsOf('')].toSorted()).toEqual(Object.keys(resolvePolicy()).toSorted())
    for (const group of ['keepAlive', 'retry', 'transactions', 'outage', 'watchdog'] as const) {
      expect([...optionsOf(group)].toSorted()).toEqual(Object.keys(resolvePolicy()[group]).toSorted())
    }
  })

  it('takes every option that it lists', () => {
    const { signal } = new AbortController()
    const classify: Policy['classify'] = (facts, next) => next(facts)
    const verify = (): Promise<boolean> => Promise.resolve(true)
    const resolved = resolvePolicy({
      prePing: { afterIdleMs: 0, timeoutMs: 5 },
      keepAlive: { everyMs: 100 },
      maxLifetimeMs: 5_000,
      lifetimeJitterMs: 0,
      retry: {
        maxAttempts: 1,
        deadlineMs: 1.5,
        backoff: { initialMs: 10, maxMs: 10 },
        budget: { ratio: 1, minPerSecond: 0 },
      },
      writes: 'annotated',
      reads: 'same-server',
      transactions: { replay: 0, outcome: 'report' },
      outage: {
        maxWaitMs: 1,
        maxWaiting: 0,
        probeEveryMs: 1,
        connectTimeoutMs: 1,
        breaker: { failures: 1, resetAfterMs: 1 },
      },
      watchdog: { afterMs: 100, timeoutMs: 1 },
      statementDeadlineMs: 7,
      sharing: 'warn',
      classify,
      annotation: { idempotent: true, retry: false, verify, deadlineMs: 9, signal },
      logger: console,
      name: 'orders',
    })
    expect(resolved.prePing).toEqual({ mode: 'after-idle', afterIdleMs: 0, timeoutMs: 5 })
    expect(resolved.retry.deadlineMs).toBe(1.5)
    expect(resolved.outage.breaker).toEqual({ failures: 1, resetAfterMs: 1 })
    expect(resolved.annotation).toEqual({ idempotent: true, retry: false, verify, deadlineMs: 9, signal })
    expect(resolved.classify).toBe(classify)
    expect(resolved.logger).toBe(console)
    expect(resolved.name).toBe('orders')
  })

  it('turns off what may be turned off', () => {
    const resolved = resolvePolicy({
      prePing: 'never',
      keepAlive: false,
      watchdog: false,
      logger: false,
      maxLifetimeMs: 0,
      outage: { breaker: false },
    })
    expect(resolved.prePing.mode).toBe('never')
    expect(resolved.keepAlive).toBe(false)
    expect(resolved.watchdog).toBe(false)
    expect(resolved.logger).toBeUndefined()
    expect(resolved.maxLifetimeMs).toBe(0)
    expect(resolved.outage.breaker).toBe(false)
    expect(resolvePolicy({ prePing: 'always' }).prePing.mode).toBe('always')
    expect(resolvePolicy({ outage: { breaker: {} } }).outage.breaker).toEqual({
      failures: 20,
      resetAfterMs: 5_000,
    })
  })

  it('takes an option whose value is undefined as not given', () => {
    expect(resolvePolicy({ retry: undefined, name: undefined } as unknown as Policy)).toEqual(resolvePolicy())
  })

  it('moves a default that the other option of a pair would contradict', () => {
    expect(resolvePolicy({ maxLifetimeMs: 1_000 }).lifetimeJitterMs).toBe(100)
    expect(resolvePolicy({ retry: { backoff: { initialMs: 5_000 } } }).retry.backoff.maxMs).toBe(5_000)
    expect(resolvePolicy({ retry: { backoff: { maxMs: 10 } } }).retry.backoff.initialMs).toBe(10)
  })

  it('freezes its result through and through, and leaves what belongs to the caller alone', () => {
    const logger = { warn: () => undefined, error: () => undefined }
    const given = { logger, retry: { maxAttempts: 2 }, outage: { breaker: {} } }
    const resolved = resolvePolicy(given)
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozen))
    expect(frozen({ ...resolved, logger: undefined })).toBe(false)
    expect(Object.values({ ...resolved, logger: undefined }).every(frozen)).toBe(true)
    expect(Object.isFrozen(resolved)).toBe(true)
    expect(Object.isFrozen(logger)).toBe(false)
    expect(Object.isFrozen(given.retry)).toBe(false)
  })

  it.each([
    [{ retri: {} }, 'policy.retri', 'policy.retry'],
    [{ Retry: {} }, 'policy.Retry', 'policy.retry'],
    [{ prePing: { afterIdle: 1 } }, 'policy.prePing.afterIdle', 'policy.prePing.afterIdleMs'],
    [{ retry: { backoff: { max_ms: 1 } } }, 'policy.retry.backoff.max_ms', 'policy.retry.backoff.maxMs'],
    [{ maxAttempts: 3 }, 'policy.maxAttempts', 'policy.retry.maxAttempts'],
    [{ retry: { maxAttempst: 3 } }, 'policy.retry.maxAttempst', 'policy.retry.maxAttempts'],
    [
      { outage: { breaker: { failure: 3 } } },
      'policy.outage.breaker.failure',
      'policy.outage.breaker.failures',
    ],
    [{ annotation: { idempotant: true } }, 'policy.annotation.idempotant', 'policy.annotation.idempotent'],
  ])('names an unknown option and the one that was meant: %j', (policy, option, meant) => {
    const error = refusal(policy)
    expect(error.option).toBe(option)
    expect(error.message).toContain('unknown option')
    expect(error.message).toContain(`Did you mean ${meant}?`)
  })

  it('lists the choices for a name that is like none, and guesses nothing', () => {
    const error = refusal({ host: 'db.example' })
    expect(error.option).toBe('policy.host')
    expect(error.choices).toEqual([...new Set(optionPaths.map(path => path.split('.')[0]))])
    expect(error.message).not.toContain('Did you mean')
    expect(error.message).not.toContain('db.example')
  })

  it.each([
    [{ retry: { backoff: { maxMs: -1 } } }, 'policy.retry.backoff.maxMs', 'a negative number'],
    [{ retry: { deadlineMs: Number.POSITIVE_INFINITY } }, 'policy.retry.deadlineMs', 'an infinite number'],
    [{ retry: { deadlineMs: Number.NaN } }, 'policy.retry.deadlineMs', 'NaN'],
    [{ retry: { deadlineMs: '5s' } }, 'policy.retry.deadlineMs', 'a string'],
    [{ retry: { maxAttempts: 1.5 } }, 'policy.retry.maxAttempts', 'a fraction'],
    [{ retry: { maxAttempts: 0 } }, 'policy.retry.maxAttempts', 'zero'],
    [{ retry: 3 }, 'policy.retry', 'a number'],
    [{ retry: null }, 'policy.retry', 'null'],
    [{ retry: [] }, 'policy.retry', 'an array'],
    [{ retry: { budget: { ratio: 2 } } }, 'policy.retry.budget.ratio', 'a number'],
    [{ maxLifetimeMs: 2_147_483_648 }, 'policy.maxLifetimeMs', 'a number'],
    [{ maxLifetimeMs: 10n }, 'policy.maxLifetimeMs', 'a bigint'],
    [{ prePing: 'sometimes' }, 'policy.prePing', 'a string'],
    [{ prePing: true }, 'policy.prePing', 'a boolean'],
    [{ keepAlive: true }, 'policy.keepAlive', 'a boolean'],
    [{ keepAlive: { everyMs: 0 } }, 'policy.keepAlive.everyMs', 'zero'],
    [{ watchdog: { afterMs: 1 } }, 'policy.watchdog.afterMs', 'a number'],
    [{ outage: { maxWaiting: -1 } }, 'policy.outage.maxWaiting', 'a negative number'],
    [{ outage: { breaker: true } }, 'policy.outage.breaker', 'a boolean'],
    [{ sharing: 1 }, 'policy.sharing', 'a number'],
    [{ classify: {} }, 'policy.classify', 'an object'],
    [{ logger: { warn: () => undefined } }, 'policy.logger', 'an object'],
    [{ logger: { ...console, debug: 1 } }, 'policy.logger', 'an object'],
    [{ logger: true }, 'policy.logger', 'a boolean'],
    [{ name: '' }, 'policy.name', 'an empty string'],
    [{ annotation: { verify: true } }, 'policy.annotation.verify', 'a boolean'],
    [{ annotation: { signal: {} } }, 'policy.annotation.signal', 'an object'],
    [{ annotation: { deadlineMs: 0 } }, 'policy.annotation.deadlineMs', 'zero'],
    ['fast', 'policy', 'a string'],
    [new Map(), 'policy', 'a Map object'],
    [Promise.resolve({}), 'policy', 'a Promise object'],
  ])('names the option, the type it got and the choices: %o', (policy, option, received) => {
    const error = refusal(policy)
    expect(error.option).toBe(option)
    expect(error.received).toBe(received)
    expect(error.choices.length).toBeGreaterThan(0)
    expect(error.message).toContain(option)
    expect(error.message).toContain(`got ${received}`)
  })

  it('guesses the choice that a misspelt one was meant to be, without repeating what it got', () => {
    const error = refusal({ writes: 'proven_unsend' })
    expect(error.message).toContain(`Did you mean 'proven-unsent'?`)
    expect(error.message).not.toContain('unsend')
  })

  it.each([
    [{ retry: { backoff: { initialMs: 2_000, maxMs: 1_000 } } }, 'policy.retry.backoff.initialMs', 'maxMs'],
    [{ retry: { backoff: { initialMs: 2, maxMs: 1 } } }, 'policy.retry.backoff.initialMs', 'maxMs'],
    [{ maxLifetimeMs: 1_000, lifetimeJitterMs: 1_000 }, 'policy.lifetimeJitterMs', 'maxLifetimeMs'],
  ])('refuses values that contradict each other: %j', (policy, option, other) => {
    const error = refusal(policy)
    expect(error.option).toBe(option)
    expect(error.message).toMatch(new RegExp(`contradicts policy\\.\\S*${other}`))
  })

  it.each([
    [{ transactions: { replay: 1 } }, 'policy.transactions.replay'],
    [{ transactions: { outcome: 'ledger' } }, 'policy.transactions.outcome'],
    [{ transactions: { outcome: { verify: () => true } } }, 'policy.transactions.outcome'],
    [{ writes: 'exactly-once' }, 'policy.writes'],
    [{ annotation: { exactlyOnce: 'key' } }, 'policy.annotation.exactlyOnce'],
  ])('says so where this version does not have an option yet: %j', (policy, option) => {
    const error = refusal(policy)
    expect(error.option).toBe(option)
    expect(error.message).toContain('not available in this version')
  })

  it('names the policy as its caller does', () => {
    expect(() => resolvePolicy({ name: '' }, 'comeback(config, policy)')).toThrow(
      'comeback(config, policy).name: ',
    )
  })

  it('is not fooled by names of the prototype', () => {
    expect(refusal(JSON.parse('{"__proto__": 1}')).option).toBe('policy.__proto__')
    expect(refusal({ constructor: 1 }).option).toBe('policy.constructor')
  })
})
