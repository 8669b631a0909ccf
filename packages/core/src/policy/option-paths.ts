/** Every option of a `Policy` by its path: what is known, and what a misspelt or misplaced name is compared with. */
export const optionPaths: readonly string[] = [
  'prePing.afterIdleMs',
  'prePing.timeoutMs',
  'keepAlive.everyMs',
  'maxLifetimeMs',
  'lifetimeJitterMs',
  'retry.maxAttempts',
  'retry.deadlineMs',
  'retry.backoff.initialMs',
  'retry.backoff.maxMs',
  'retry.budget.ratio',
  'retry.budget.minPerSecond',
  'writes',
  'reads',
  'transactions.replay',
  'transactions.outcome',
  'outage.maxWaitMs',
  'outage.maxWaiting',
  'outage.probeEveryMs',
  'outage.connectTimeoutMs',
  'outage.breaker.failures',
  'outage.breaker.resetAfterMs',
  'watchdog.afterMs',
  'watchdog.timeoutMs',
  'statementDeadlineMs',
  'sharing',
  'classify',
  'annotation.idempotent',
  'annotation.retry',
  'annotation.verify',
  'annotation.exactlyOnce',
  'annotation.deadlineMs',
  'annotation.signal',
  'logger',
  'name',
]

/** The names that are known directly under a group (`''` for the policy itself), in their order. */
export const optionsOf = (group: string): readonly string[] => {
  const prefix = group === '' ? '' : `${group}.`
  const names = optionPaths
    .filter(path => path.startsWith(prefix))
    .map(path => path.slice(prefix.length).split('.', 1)[0] ?? '')
  return [...new Set(names)]
}
