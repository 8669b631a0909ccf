import type { Annotation } from '../annotation/annotation.js'
import { annotationFrom } from '../annotation/annotation-from.js'
import {
  type OptionGroup,
  readChoice,
  readCount,
  readDuration,
  readGroup,
  readNumber,
  readSubgroup,
  readValue,
  refuseContradiction,
  refuseUnavailable,
} from './option-reader.js'
import type { ComebackLogger, Policy } from './policy.js'
import type { BackoffPolicy, OutagePolicy, PrePingPolicy, ResolvedPolicy } from './resolved-policy.js'

type AnyFunction = (...values: never[]) => unknown

const isFunction = <T extends AnyFunction>(value: unknown): value is T => typeof value === 'function'
const isName = (value: unknown): value is string => typeof value === 'string' && value !== ''

const isLogger = (value: unknown): value is ComebackLogger | false => {
  if (value === false) return true
  if (typeof value !== 'object' || value === null) return false
  const { warn, error, info, debug } = value as Partial<Record<keyof ComebackLogger, unknown>>
  const optional = [info, debug].every(method => method === undefined || isFunction(method))
  return isFunction(warn) && isFunction(error) && optional
}

const readPrePing = (policy: OptionGroup): PrePingPolicy => {
  const given = policy.given['prePing']
  const mode = given === 'always' || given === 'never' ? given : 'after-idle'
  const options =
    mode === 'after-idle'
      ? readSubgroup(policy, 'prePing', `'always'|'never'`)
      : { where: policy.where, group: 'prePing', given: {} }
  return {
    mode,
    afterIdleMs: readDuration(options, 'afterIdleMs', { min: 0, fallback: 1_000 }),
    timeoutMs: readDuration(options, 'timeoutMs', { min: 1, fallback: 1_000 }),
  }
}

const readBackoff = (retry: OptionGroup): BackoffPolicy => {
  const options = readSubgroup(retry, 'backoff')
  const { given } = options
  const maxMs = readDuration(options, 'maxMs', {
    min: 1,
    fallback: Math.max(1_000, typeof given['initialMs'] === 'number' ? given['initialMs'] : 0),
  })
  const initialMs = readDuration(options, 'initialMs', { min: 1, fallback: Math.min(25, maxMs) })
  if (initialMs > maxMs) refuseContradiction(options, 'initialMs', 'maxMs', `at most ${maxMs}`)
  return { initialMs, maxMs }
}

const readRetry = (policy: OptionGroup): ResolvedPolicy['retry'] => {
  const options = readSubgroup(policy, 'retry')
  const budget = readSubgroup(options, 'budget')
  return {
    maxAttempts: readCount(options, 'maxAttempts', { min: 1, max: 1_000, fallback: 4 }),
    deadlineMs: readDuration(options, 'deadlineMs', { min: 1, fallback: 10_000 }),
    backoff: readBackoff(options),
    budget: {
      ratio: readNumber(budget, 'ratio', { min: 0, max: 1, fallback: 0.1 }),
      minPerSecond: readNumber(budget, 'minPerSecond', { min: 0, max: 1_000_000, fallback: 10 }),
    },
  }
}

const readOutage = (policy: OptionGroup): OutagePolicy => {
  const options = readSubgroup(policy, 'outage')
  const breakerGiven = options.given['breaker'] !== undefined && options.given['breaker'] !== false
  const breaker = breakerGiven ? readSubgroup(options, 'breaker', 'false') : undefined
  return {
    maxWaitMs: readDuration(options, 'maxWaitMs', { min: 1, fallback: 10_000 }),
    maxWaiting: readCount(options, 'maxWaiting', { min: 0, max: 1_000_000, fallback: 1_000 }),
    probeEveryMs: readDuration(options, 'probeEveryMs', { min: 1, fallback: 40 }),
    connectTimeoutMs: readDuration(options, 'connectTimeoutMs', { min: 1, fallback: 3_000 }),
    breaker: breaker
      ? {
          failures: readCount(breaker, 'failures', { min: 1, max: 1_000_000, fallback: 20 }),
          resetAfterMs: readDuration(breaker, 'resetAfterMs', { min: 1, fallback: 5_000 }),
        }
      : false,
  }
}

const readTransactions = (policy: OptionGroup): ResolvedPolicy['transactions'] => {
  const options = readSubgroup(policy, 'transactions')
  const replay = readCount(options, 'replay', { min: 0, max: 1_000, fallback: 0 })
  if (replay > 0) refuseUnavailable(options, 'replay', ['0'])
  const outcome = options.given['outcome']
  if (outcome === 'ledger' || (typeof outcome === 'object' && outcome !== null)) {
    refuseUnavailable(options, 'outcome', [`'report'`])
  }
  return { replay: 0, outcome: readChoice(options, 'outcome', ['report'], 'report') }
}

const readWrites = (policy: OptionGroup): ResolvedPolicy['writes'] => {
  const choices = ['proven-unsent', 'annotated'] as const
  if (policy.given['writes'] === 'exactly-once') {
    refuseUnavailable(
      policy,
      'writes',
      choices.map(choice => `'${choice}'`),
    )
  }
  return readChoice(policy, 'writes', choices, 'proven-unsent')
}

const readAnnotation = ({ given, where }: OptionGroup): Annotation =>
  given['annotation'] === undefined ? {} : annotationFrom(given['annotation'], `${where}.annotation`)

const readKeepAlive = (policy: OptionGroup): ResolvedPolicy['keepAlive'] => {
  if (policy.given['keepAlive'] === false) return false
  const options = readSubgroup(policy, 'keepAlive', 'false')
  return { everyMs: readDuration(options, 'everyMs', { min: 100, fallback: 60_000 }) }
}

const readWatchdog = (policy: OptionGroup): ResolvedPolicy['watchdog'] => {
  if (policy.given['watchdog'] === false) return false
  const options = readSubgroup(policy, 'watchdog', 'false')
  return {
    afterMs: readDuration(options, 'afterMs', { min: 100, fallback: 5_000 }),
    timeoutMs: readDuration(options, 'timeoutMs', { min: 1, fallback: 1_000 }),
  }
}

/** Freezes what was built here; signals, loggers and functions belong to the caller and stay as they are. */
const freeze = (policy: ResolvedPolicy): ResolvedPolicy => {
  const ours = [
    policy,
    policy.prePing,
    policy.keepAlive,
    policy.retry,
    policy.retry.backoff,
    policy.retry.budget,
    policy.transactions,
    policy.outage,
    policy.outage.breaker,
    policy.watchdog,
    policy.annotation,
  ]
  for (const part of ours) Object.freeze(part)
  return policy
}

/**
 * Checks a policy and completes it with its defaults.
 *
 * @param where - what the policy is called in messages; default `policy`.
 * @throws ComebackConfigError for an unknown option, a value of the wrong type or out of bounds, values that contradict each other,
 * and what this version does not have.
 */
export const resolvePolicy = (input?: Policy, where = 'policy'): ResolvedPolicy => {
  const options = readGroup(input, where, '')
  const maxLifetimeMs = readDuration(options, 'maxLifetimeMs', { min: 0, fallback: 30 * 60_000 })
  const lifetimeJitterMs = readDuration(options, 'lifetimeJitterMs', {
    min: 0,
    fallback: Math.min(60_000, maxLifetimeMs / 10),
  })
  if (maxLifetimeMs > 0 && lifetimeJitterMs >= maxLifetimeMs) {
    refuseContradiction(options, 'lifetimeJitterMs', 'maxLifetimeMs', `less than ${maxLifetimeMs}`)
  }
  return freeze({
    prePing: readPrePing(options),
    keepAlive: readKeepAlive(options),
    maxLifetimeMs,
    lifetimeJitterMs,
    retry: readRetry(options),
    writes: readWrites(options),
    reads: readChoice(options, 'reads', ['any', 'annotated', 'same-server'], 'any'),
    transactions: readTransactions(options),
    outage: readOutage(options),
    watchdog: readWatchdog(options),
    statementDeadlineMs: readDuration(options, 'statementDeadlineMs', { min: 0, fallback: 0 }),
    sharing: readChoice(options, 'sharing', ['error', 'warn', 'off'], 'error'),
    classify: readValue(options, 'classify', isFunction<NonNullable<ResolvedPolicy['classify']>>, 'function'),
    annotation: readAnnotation(options),
    logger:
      readValue(options, 'logger', isLogger, '{ warn(message, fields), error(message, fields) } | false') ||
      undefined,
    name: readValue(options, 'name', isName, 'a string that is not empty') ?? 'default',
  })
}
