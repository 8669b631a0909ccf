import type { ResolvedPolicy } from '../policy/resolved-policy.js'

/**
 * How long one link may live, in milliseconds: the policy's lifetime less a random part of the jitter. Infinite when links are not
 * replaced by age.
 *
 * @param random - gives numbers from 0 up to, not including, 1.
 */
export const drawLifetimeMs = (
  policy: Pick<ResolvedPolicy, 'maxLifetimeMs' | 'lifetimeJitterMs'>,
  random: () => number = Math.random,
): number =>
  policy.maxLifetimeMs === 0
    ? Number.POSITIVE_INFINITY
    : policy.maxLifetimeMs - random() * policy.lifetimeJitterMs
