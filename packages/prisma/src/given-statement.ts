import {
  type Annotation,
  annotationFromComment,
  backoffMs,
  ComebackConfigError,
  type ComebackError,
  currentAnnotation,
  type Decision,
  decide,
  failureError,
  mergeAnnotations,
  type ResolvedPolicy,
  type SessionSnapshot,
  type StatementFacts,
  statementFacts,
  systemClock,
} from '@comeback/core'
import { toPrismaError } from './error.js'
import { givenVerdict, refusalOf } from './given-failure.js'
import type { GivenPool } from './given-pool.js'
import { refuseStrangers } from './given-sharing.js'
import type { PrismaResultSet } from './orm-types.js'

/** A statement on its way through an adapter that is not ours. */
export interface GivenStatement<T> {
  readonly sql: string
  /** Sends it once. */
  send(): Promise<T>
  /** What is known of the session that it runs on. */
  readonly session: SessionSnapshot
  /** Whether nothing else can be under way on its connection. */
  readonly isAlone: boolean
  /** What it gives when the caller has looked and found that it took effect. */
  readonly verified: T
  /** Opens its transaction again, where nothing has been done in it. */
  reopen?(): Promise<void>
}

const { now } = systemClock

/** What a statement that took effect, and whose answer was lost, can be said to have given. */
export const NO_ROWS: PrismaResultSet = { columnNames: [], columnTypes: [], rows: [] }

const IDLE: SessionSnapshot = { transaction: 'none', baggage: [], statements: 0 }

/** A statement that runs on any connection of the pool. */
export function onPool<T>(sql: string, verified: T, send: () => Promise<T>): GivenStatement<T> {
  return { sql, send, verified, session: IDLE, isAlone: true }
}

/** What only a session of our own could keep is refused, not left undone. */
function annotationOf(facts: StatementFacts, policy: ResolvedPolicy): Annotation {
  const annotation = mergeAnnotations(
    policy.annotation,
    currentAnnotation(),
    annotationFromComment(facts.comment),
  )
  for (const name of ['deadlineMs', 'signal'] as const) {
    if (annotation[name] === undefined) continue
    throw new ComebackConfigError({
      option: `annotation.${name}`,
      problem: 'not available over the adapter that was given',
      received: name,
      choices: ['an adapter made by new PrismaComeback(…)'],
    })
  }
  return annotation
}

function checked(facts: StatementFacts, policy: ResolvedPolicy): Annotation {
  try {
    return annotationOf(facts, policy)
  } catch (error) {
    throw toPrismaError(error)
  }
}

const UNKNOWN: Decision & { action: 'fail' } = {
  action: 'fail',
  error: 'outcome-unknown',
  executed: 'unknown',
  reason: 'verify-failed',
}

/** Whether the caller has found that it took effect; undefined when not even that could be told. */
async function lookedUp({ verify }: Annotation): Promise<boolean | undefined> {
  try {
    return await verify?.()
  } catch {
    return undefined
  }
}

function pause(attempts: number, policy: ResolvedPolicy): Promise<void> {
  return new Promise(resolve => {
    systemClock.setTimeout(resolve, backoffMs(attempts, policy.retry.backoff))
  })
}

/**
 * Runs a statement, and again where that is provably safe; what is known of it otherwise is told by the error.
 *
 * @param onLost - told when it ends in the loss of its transaction.
 */
export async function run<T>(
  statement: GivenStatement<T>,
  policy: ResolvedPolicy,
  pool: GivenPool,
  onLost?: (error: ComebackError) => void,
): Promise<T> {
  const { sql, session, isAlone } = statement
  const facts = statementFacts(sql)
  const annotation = checked(facts, policy)
  refuseStrangers(pool.stamp, policy)
  const startedAt = now()
  let first: unknown
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await pool.send(() => statement.send())
    } catch (error) {
      const refusal = refusalOf(error)
      const told = refusal ?? error
      first ??= told
      const verdict = givenVerdict(error, facts, policy, { isAlone, flavour: pool.flavour })
      const elapsedMs = now() - startedAt
      const { writes, reads, retry } = policy
      const decision = decide({
        verdict,
        facts,
        session,
        annotation,
        policy: { writes, reads, maxAttempts: retry.maxAttempts },
        attempt: attempts,
        delivered: false,
        remainingMs: pool.isEnded ? 0 : retry.deadlineMs - elapsedMs,
        budget: 'available',
      })
      const details = { first, latest: told, verdict, facts, session, attempts, elapsedMs }
      if (decision.action === 'return') throw toPrismaError(told)
      if (decision.action === 'fail') {
        const failure = failureError(decision, details)
        onLost?.(failure)
        throw toPrismaError(failure)
      }
      if (decision.action === 'resolve') return statement.verified
      if (decision.action === 'verify') {
        const tookEffect = await lookedUp(annotation)
        if (tookEffect === true) return statement.verified
        if (tookEffect !== false) throw toPrismaError(failureError(UNKNOWN, details))
      }
      await pause(attempts, policy)
      if (decision.action === 'reopen-and-resend' && decision.reopenTransaction) await statement.reopen?.()
    }
  }
}
