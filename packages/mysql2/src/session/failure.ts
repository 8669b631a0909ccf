import { type Decision, failureError, type RequestSize, systemClock } from '@comeback/core'
import type { DriverCommand } from '../driver/driver-types.js'
import { reasonOf } from '../link/loss-reason.js'
import { requestBytes, rowsOf } from '../link/request-size.js'
import { notesOf } from './command-notes.js'
import type { Failure, Judgement } from './judge.js'
import type { SessionCore } from './session-core.js'

/** The typed error in which a statement ends. The driver's first error is its cause. */
export function failureFor(
  core: SessionCore,
  command: DriverCommand,
  failure: Failure,
  { verdict, facts }: Judgement,
  decision: Decision & { action: 'fail' },
): Error {
  const notes = notesOf(command)
  return failureError(decision, {
    first: notes.firstError ?? failure.error,
    latest: failure.error,
    verdict,
    facts,
    session: core.tracker.snapshot(),
    attempts: notes.attempts + 1,
    elapsedMs: core.troubleSince === undefined ? 0 : systemClock.now() - core.troubleSince,
    reason: reasonOf(failure.error),
    events: core.ring.recent(),
    requestSize: () => requestSize(core, command),
  })
}

function requestSize({ supervisor: { maxAllowedPacket } }: SessionCore, command: DriverCommand): RequestSize {
  const rows = rowsOf(command)
  return {
    packetBytes: requestBytes(command) ?? 0,
    ...(maxAllowedPacket === undefined ? {} : { maxAllowedPacket }),
    ...(rows === undefined ? {} : { rows }),
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
