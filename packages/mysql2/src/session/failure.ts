import {
  DatabaseUnavailableError,
  type Decision,
  LostConnectionError,
  LostTransactionError,
  OutcomeUnknownError,
  PacketTooLargeError,
  SessionLostError,
  systemClock,
} from '@comeback/core'
import type { DriverCommand } from '../driver/driver-types.js'
import { reasonOf } from '../link/loss-reason.js'
import { requestBytes, rowsOf } from '../link/request-size.js'
import { notesOf } from './command-notes.js'
import type { Failure, Judgement } from './judge.js'
import type { SessionCore } from './session-core.js'

/** Where in a transaction its loss was noticed. */
function phaseOf({ facts, verdict }: Judgement): 'begin' | 'statement' | 'commit' | 'idle' {
  if (facts.transaction === 'begin' || facts.transaction === 'xa-start') return 'begin'
  if (verdict.executed === 'no') return 'idle'
  return facts.transaction === 'commit' || facts.transaction === 'xa-commit' ? 'commit' : 'statement'
}

/** The typed error in which a statement ends. The driver's first error is its cause. */
export function failureFor(
  core: SessionCore,
  command: DriverCommand,
  failure: Failure,
  judgement: Judgement,
  decision: Decision & { action: 'fail' },
): Error {
  const { verdict, facts } = judgement
  const notes = notesOf(command)
  const cause = notes.firstError ?? failure.error
  const common = {
    cause,
    evidence: verdict.evidence,
    reason: reasonOf(failure.error),
    verb: facts.verb,
    rule: verdict.rule,
    attempts: notes.attempts + 1,
    elapsedMs: Math.round(core.troubleSince === undefined ? 0 : systemClock.now() - core.troubleSince),
    events: core.ring.recent(),
  }
  switch (decision.error) {
    case 'lost-transaction': {
      const { statements } = core.tracker.snapshot()
      const outcome = decision.outcome ?? 'unknown'
      return new LostTransactionError({ ...common, outcome, phase: phaseOf(judgement), statements })
    }
    case 'outcome-unknown':
      return new OutcomeUnknownError(common)
    case 'session-lost':
      return new SessionLostError({
        ...common,
        baggage: core.tracker.snapshot().baggage,
        executed: decision.executed,
      })
    case 'packet-too-large': {
      const { maxAllowedPacket } = core.supervisor
      const rows = rowsOf(command)
      return new PacketTooLargeError({
        ...common,
        packetBytes: requestBytes(command) ?? 0,
        ...(maxAllowedPacket === undefined ? {} : { maxAllowedPacket }),
        ...(rows === undefined ? {} : { rows }),
      })
    }
    case 'database-unavailable':
      return new DatabaseUnavailableError({ ...common, reason: 'deadline', lastFailure: failure.error })
    default:
      return new LostConnectionError({ ...common, executed: decision.executed })
  }
}

/** Tells subscribers what a statement ends in. */
export function publishFailure(
  core: SessionCore,
  { facts, verdict }: Judgement,
  decision: Decision & { action: 'fail' },
): void {
  const { events } = core.supervisor
  const common = { session: core.number, rule: verdict.rule }
  const { baggage, statements } = core.tracker.snapshot()
  if (decision.error === 'outcome-unknown') {
    events.publish('outcome-unknown', { ...common, verb: facts.verb }, core.ring)
  } else if (decision.error === 'session-lost') {
    events.publish('session-lost', { ...common, baggage }, core.ring)
  } else if (decision.error === 'lost-transaction') {
    const outcome = decision.outcome ?? 'unknown'
    events.publish('lost-transaction', { ...common, outcome, statements }, core.ring)
  }
}
