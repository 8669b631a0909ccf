import { nextTick } from 'node:process'
import type { Decision, LostTransactionError } from '@comeback/core'
import { commandClasses } from '../driver/driver.js'
import type { DriverCommand } from '../driver/driver-types.js'
import { hasStarted, isCalledOff, resolveCommand, startOver } from '../link/command.js'
import type { Link, Loss } from '../link/link.js'
import { isOurs } from '../link/link-query.js'
import { closedByServer, reasonOf } from '../link/loss-reason.js'
import { notesOf } from './command-notes.js'
import { failLater } from './fail-later.js'
import { failureFor, publishFailure } from './failure.js'
import { type Failure, type Judgement, judge, startsAfresh, wasHandedOver } from './judge.js'
import { suspectPoison } from './poison.js'
import { reopen } from './reopen.js'
import type { SessionCore } from './session-core.js'
import { verify } from './verify.js'

const { Prepare, Execute, Quit } = commandClasses

/** The link has died: decides for each of its commands, and for those held behind it, what becomes of them. */
export function recoverLoss(core: SessionCore, link: Link, loss: Loss): void {
  const commands = loss.running === undefined ? [...loss.queued] : [loss.running, ...loss.queued]
  if (core.link !== link) {
    for (const command of commands) failLater(core, command, loss.error)
    return
  }
  if (loss.running !== undefined) {
    notesOf(loss.running).delivered = loss.delivered
    if (loss.evidence === 'no-answer') suspectPoison(core, link, loss.running)
  }
  if (core.isClosed && !commands.some(command => command.constructor === Quit)) {
    core.gate = 'closed'
    for (const command of commands) failLater(core, command, loss.error)
    core.facade.emit('end')
    return
  }
  core.gate = 'lost'
  core.supervisor.linkLost(core, link, loss.error)
  const error = isOnlyTheLink(loss.error) ? loss.error : closedByServer()
  const unsent: Failure = { error, evidence: 'queued-never-sent' }
  const running: Failure = { error: loss.error, evidence: loss.evidence }
  commands.push(...core.held.splice(0))
  settle(core, commands, command => (command === loss.running ? running : unsent))
}

/** A statement was issued on a session whose link is known to be dead. */
export function recoverHeld(core: SessionCore): void {
  if (core.gate !== 'lost') return
  const { link } = core
  const cause = link?.deathCause ?? closedByServer()
  const failure: Failure = {
    error: isOnlyTheLink(cause) ? cause : closedByServer(),
    // A server that refused the first login may let this one in.
    evidence: link?.authorized === false ? 'refused' : 'dead-before-send',
  }
  settle(core, core.held.splice(0), () => failure)
}

/** Whether what ended a link says nothing of one statement: the deadline of one is not that of those behind it. */
function isOnlyTheLink(cause: unknown): boolean {
  return reasonOf(cause) === 'connection-lost'
}

/** Settles every command, in order, as the engine decides; then opens a new link if any of them is to go on. */
export function settle(
  core: SessionCore,
  commands: readonly DriverCommand[],
  failureOf: (command: DriverCommand) => Failure,
): void {
  const keep: DriverCommand[] = []
  let failed: DriverCommand | undefined
  let sessionLost = false
  for (const command of commands) {
    if (isCalledOff(command) || isPairOf(failed, command)) continue
    const fresh = startsAfresh(command)
    if (command.constructor === Quit) {
      if (keep.length > 0) keep.push(command)
      else core.quitWithoutLink(command)
    } else if (isOurs(command)) failLater(core, command, failureOf(command).error)
    else if (fresh !== undefined) {
      core.tracker.resetDone(fresh)
      keep.push(again(command))
    } else {
      const failure = failureOf(command)
      const judgement = judge(core, command, failure)
      if (apply(core, command, failure, judgement)) keep.push(again(command))
      else if (judgement.decision.action !== 'resolve') failed = command
      sessionLost ||= judgement.decision.action === 'fail' && judgement.decision.error === 'session-lost'
    }
  }
  core.tracker.linkLost()
  // The application has been told that the session's state is gone; it goes on without.
  if (sessionLost) core.tracker.stateGivenUp()
  core.held.unshift(...keep)
  if (core.held.length > 0 && core.gate === 'lost')
    void reopen(core, failureOf(core.held[0] as DriverCommand).error)
  else core.announceLoss()
}

/** mysql2 fails the Execute itself when its Prepare fails; it must not be failed twice. */
function isPairOf(prepare: DriverCommand | undefined, command: DriverCommand): boolean {
  return (
    prepare?.constructor === Prepare &&
    command.constructor === Execute &&
    command.statement === undefined &&
    prepare.query === command.sql
  )
}

/** Makes a command ready for another link; one that was never started is so already. */
function again(command: DriverCommand): DriverCommand {
  if (hasStarted(command)) startOver(command)
  return command
}

/** Carries a decision out; true if the command is to be sent on a new link. */
function apply(core: SessionCore, command: DriverCommand, failure: Failure, judgement: Judgement): boolean {
  const { decision, verdict } = judgement
  const notes = notesOf(command)
  notes.firstError ??= failure.error
  switch (decision.action) {
    case 'reopen-and-resend':
      if (wasHandedOver(failure.evidence)) notes.attempts += 1
      if (verdict.executed !== 'no') {
        core.supervisor.budget.take()
        if (judgement.facts.kind === 'read') {
          notes.refuse = () => failLater(core, command, lostRead(core, command, failure, judgement))
        }
      }
      publishResend(core, judgement, notes.attempts)
      return true
    case 'resolve':
      rolledBack(core)
      nextTick(resolveCommand, command)
      return false
    case 'verify':
      verify(core, command, failure, judgement)
      return false
    case 'return':
      failLater(core, command, failure.error)
      return false
    default:
      failLater(core, command, failWith(core, command, failure, judgement, decision))
      return false
  }
}

/** What a read ends in that may be repeated on the same server only. */
function lostRead(core: SessionCore, command: DriverCommand, failure: Failure, judgement: Judgement): Error {
  const { executed } = judgement.verdict
  const decision = { action: 'fail', error: 'lost-connection', executed, reason: 'other-server' } as const
  return failureFor(core, command, failure, judgement, decision)
}

function rolledBack(core: SessionCore): void {
  core.poison = undefined
  core.tracker.rolledBack()
}

function failWith(
  core: SessionCore,
  command: DriverCommand,
  failure: Failure,
  judgement: Judgement,
  decision: Decision & { action: 'fail' },
): Error {
  if (decision.error === 'lost-transaction' && core.poison !== undefined) return core.poison
  publishFailure(core, judgement, decision)
  const error = failureFor(core, command, failure, judgement, decision)
  if (decision.error === 'lost-transaction') core.poisonWith(error as LostTransactionError)
  return error
}

function publishResend(core: SessionCore, { facts, verdict, decision }: Judgement, attempt: number): void {
  const { rule } = verdict
  const { reason } = decision
  const fields = { session: core.number, verb: facts.verb, rule, attempt, reason }
  core.supervisor.events.publish('resend', fields, core.ring)
}
