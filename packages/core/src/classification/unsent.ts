import type { Evidence } from './verdict.js'

const unsent: ReadonlySet<Evidence> = new Set([
  'refused',
  'queued-never-sent',
  'dead-before-send',
  'write-failed',
])

/** Whether the request certainly did not reach the server whole. A server never runs a part of a request. */
export const isUnsent = (evidence: Evidence): boolean => unsent.has(evidence)

/** Whether the evidence alone proves that the statement was not executed. */
export const provesNotExecuted = (evidence: Evidence): boolean =>
  isUnsent(evidence) || evidence === 'lost-in-prepare'

/** Whether a byte of the statement may have left; only that counts as an attempt of it. */
export const wasHandedOver = (evidence: Evidence): boolean =>
  evidence === 'write-failed' || !isUnsent(evidence)
