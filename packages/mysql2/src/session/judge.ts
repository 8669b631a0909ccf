import {
  classify,
  type Decision,
  decide,
  type ErrorFacts,
  type Evidence,
  errorFacts,
  type StatementFacts,
  statementFacts,
  type Verdict,
  wasHandedOver,
} from '@comeback/core'
import { commandClasses } from '../driver/driver.js'
import type { DriverCommand } from '../driver/driver-types.js'
import { sqlOf } from '../link/command.js'
import { requestBytes } from '../link/request-size.js'
import type { LinkSupervisor } from '../supervisor/link-supervisor.js'
import { annotationOf, notesOf } from './command-notes.js'
import type { SessionCore } from './session-core.js'

/** A ping, reset or login depends on nothing and may be repeated as a plain read may. */
const HARMLESS: StatementFacts = statementFacts('SELECT 1')

/** What is known of the statement that a command carries. */
export function factsOf(core: SessionCore, command: DriverCommand): StatementFacts {
  const sql = sqlOf(command)
  return sql === undefined ? HARMLESS : statementFacts(sql, core.quoting)
}

/** How a command failed, as the link that carried it saw it. */
export interface Failure {
  readonly error: unknown
  readonly evidence: Evidence
}

export interface Judgement {
  readonly facts: StatementFacts
  readonly verdict: Verdict
  readonly decision: Decision
}

/** Classifies a failure, the application's own rules first. */
export function verdictOf(
  supervisor: LinkSupervisor,
  failure: Failure,
  phase: 'connect' | 'command',
  sent: {
    readonly bytes?: number | undefined
    readonly compound?: boolean
    readonly readOnly?: boolean
  } = {},
): Verdict {
  const { bytes, compound = false, readOnly } = sent
  const { policy, flavour, maxAllowedPacket } = supervisor
  const builtIn = (facts: ErrorFacts): Verdict =>
    classify(facts, {
      evidence: failure.evidence,
      flavour,
      phase,
      compound,
      ...(readOnly === undefined ? {} : { readOnlyTransaction: readOnly }),
      ...(bytes === undefined ? {} : { requestBytes: bytes }),
      ...(maxAllowedPacket === undefined ? {} : { maxAllowedPacket }),
    })
  const facts = errorFacts(failure.error)
  if (policy.classify === undefined) return builtIn(facts)
  try {
    return policy.classify(facts, builtIn)
  } catch {
    // A rule of the application's that fails must not stop a recovery half way.
    return builtIn(facts)
  }
}

/** Gathers everything that a decision depends on and asks the engine. */
export function judge(core: SessionCore, command: DriverCommand, failure: Failure): Judgement {
  const { supervisor } = core
  const { policy } = supervisor
  const facts = factsOf(core, command)
  const notes = notesOf(command)
  const verdict = verdictOf(supervisor, failure, 'command', {
    bytes: requestBytes(command),
    // A routine may have written before the statement in it that failed.
    compound: facts.multiple || facts.opaque,
    readOnly: core.tracker.isReadOnlyByRequest,
  })
  const decision = decide({
    verdict,
    facts,
    session: core.tracker.snapshot(),
    annotation: annotationOf(command, facts, policy.annotation),
    policy: { writes: policy.writes, reads: policy.reads, maxAttempts: policy.retry.maxAttempts },
    attempt: notes.attempts + (wasHandedOver(failure.evidence) ? 1 : 0),
    delivered: notes.delivered,
    remainingMs: core.remainingMs(),
    budget: supervisor.budget.available() ? 'available' : 'spent',
  })
  return { facts, verdict, decision }
}

const { Reset, ChangeUser } = commandClasses

/** Whether a command makes the session as new, whatever it carried before, and which one it is. */
export function startsAfresh(command: DriverCommand): 'reset' | 'change-user' | undefined {
  if (command.constructor === Reset) return 'reset'
  return command.constructor === ChangeUser ? 'change-user' : undefined
}
