import type { Verdict } from '../classification/verdict.js'
import type { Decision } from '../decision/decision.js'
import type { SessionSnapshot } from '../session/session-snapshot.js'
import type { StatementFacts } from '../statement/statement-facts.js'
import type { ComebackError, ErrorEvent } from './comeback-error.js'
import { DatabaseUnavailableError } from './database-unavailable-error.js'
import type { LossReason } from './loss.js'
import { LostConnectionError } from './lost-connection-error.js'
import { LostTransactionError, type TransactionPhase } from './lost-transaction-error.js'
import { OutcomeUnknownError } from './outcome-unknown-error.js'
import { PacketTooLargeError, type PacketTooLargeErrorOptions } from './packet-too-large-error.js'
import { SessionLostError } from './session-lost-error.js'

/** How large a request was, where that is what it failed of. */
export type RequestSize = Pick<PacketTooLargeErrorOptions, 'packetBytes' | 'maxAllowedPacket' | 'rows'>

/** What is known of a statement that is not sent again. */
export interface FailureDetails {
  /** The first error that it met with; it becomes the cause. */
  readonly first: unknown
  /** The error that decided. */
  readonly latest: unknown
  /** What that one proves. */
  readonly verdict: Verdict
  /** What the statement is. */
  readonly facts: StatementFacts
  /** As it was before the session's tracker was told of the failure. */
  readonly session: Pick<SessionSnapshot, 'baggage' | 'statements'>
  /** How often it was tried. */
  readonly attempts: number
  /** Milliseconds since its trouble began. */
  readonly elapsedMs: number
  /** Why the link was given up. Default: `connection-lost`. */
  readonly reason?: LossReason
  /** What happened to its session lately. */
  readonly events?: readonly ErrorEvent[]
  /** Asked for a packet that is too large only. Default: a size that is not known, 0. */
  readonly requestSize?: () => RequestSize
}

/** Where in a transaction its loss was noticed. */
const phaseOf = ({ facts: { transaction }, verdict }: FailureDetails): TransactionPhase => {
  if (transaction === 'begin' || transaction === 'xa-start') return 'begin'
  if (verdict.executed === 'no') return 'idle'
  return transaction === 'commit' || transaction === 'xa-commit' ? 'commit' : 'statement'
}

/** The typed error in which a statement ends, as the engine has decided. */
export const failureError = (
  decision: Decision & { readonly action: 'fail' },
  details: FailureDetails,
): ComebackError => {
  const { verdict, facts, session, attempts, elapsedMs, reason, events } = details
  const common = {
    cause: details.first,
    evidence: verdict.evidence,
    rule: verdict.rule,
    verb: facts.verb,
    attempts,
    elapsedMs: Math.round(elapsedMs),
    ...(reason === undefined ? {} : { reason }),
    ...(events === undefined ? {} : { events }),
  }
  switch (decision.error) {
    case 'lost-transaction': {
      const { statements } = session
      const outcome = decision.outcome ?? 'unknown'
      return new LostTransactionError({ ...common, outcome, phase: phaseOf(details), statements })
    }
    case 'outcome-unknown':
      return new OutcomeUnknownError(common)
    case 'session-lost':
      return new SessionLostError({ ...common, baggage: session.baggage, executed: decision.executed })
    case 'packet-too-large':
      return new PacketTooLargeError({ ...common, ...(details.requestSize?.() ?? { packetBytes: 0 }) })
    case 'database-unavailable':
      return new DatabaseUnavailableError({ ...common, reason: 'deadline', lastFailure: details.latest })
    default:
      return new LostConnectionError({ ...common, executed: decision.executed })
  }
}
