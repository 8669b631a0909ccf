import { nextTick } from 'node:process'
import {
  backoffMs,
  type Decision,
  type LostTransactionError,
  type StatementFacts,
  wasHandedOver,
} from '@comeback/core'
import { commandClasses } from '../driver/driver.js'
import type { DriverCommand } from '../driver/driver-types.js'
import { hasStarted, isCalledOff, resolveCommand, startOver } from '../link/command.js'
import type { Link, Loss } from '../link/link.js'
import { isOurs } from '../link/link-query.js'
import { closedByApplication, closedByServer, reasonOf } from '../link/loss-reason.js'
import { quitWithoutLink } from './closing.js'
import { notesOf } from './command-notes.js'
import { failAll, failLater } from './fail-later.js'
import { failureFor, publishFailure } from './failure.js'
import { type Failure, type Judgement, judge, startsAfresh } from './judge.js'
import { suspectPoison } from './poison.js'
import { isBoundElsewhere } from './prepared.js'
import { reopen } from './reopen.js'
import type { SessionCore } from './session-core.js'
import { verify } from './verify.js'

const { Prepare, Execute, Quit } = commandClasses

/** The link has died: decides for each of its commands, and for those held behind it, what becomes of them. */
export function recoverLoss(core: SessionCore, link: Link, loss: Loss): void {
  const commands = loss.running === undefined ? [...loss.queued] : [loss.running, ...loss.queued]
  if (core.link !== link) {
    failAll(core, commands, loss.error)
    return
  }
  if (loss.running !== undefined) {
    notesOf(loss.running).delivered = loss.delivered
    if (loss.evidence === 'no-answer') suspectPoison(core, link, loss.running)
  }
  if (core.isClosed && !commands.some(command => command.constructor === Quit)) {
    core.gate = 'closed'
    failAll(core, commands, loss.error)
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
  // An open link is of no use to a session whose transaction was lost with the one before.
  if (core.gate !== 'lost' && (core.gate !== 'open' || core.poison === undefined)) return
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
function settle(
  core: SessionCore,
  commands: readonly DriverCommand[],
  failureOf: (command: DriverCommand) => Failure,
): void {
  const batch = new Batch(core)
  for (const command of commands) batch.add(command, failureOf)
  core.tracker.linkLost()
  // The application has been told that the session's state is gone; it goes on without.
  if (batch.isSessionLost) core.tracker.stateGivenUp()
  core.held.unshift(...batch.keep)
  const [next] = core.held
  if (next !== undefined && core.gate === 'lost') {
    void reopen(core, failureOf(next).error, pauseBefore(core, next))
  } else if (core.gate === 'lost') core.announceLoss()
}

/** A statement that has lost two links, or was refused twice, is not thrown at a third one at once: a failover takes its time. */
function pauseBefore(core: SessionCore, command: DriverCommand): number {
  const { attempts } = notesOf(command)
  return attempts < 2 ? 0 : backoffMs(attempts - 1, core.supervisor.policy.retry.backoff)
}

/** The commands of a dead link, settled one after the other: what becomes of one bears on those behind it. */
class Batch {
  /** What is to be sent on a new link. */
  readonly keep: DriverCommand[] = []
  isSessionLost = false
  readonly #core: SessionCore
  #failed: DriverCommand | undefined = undefined
  /** What became of a statement that those behind it were issued to build upon. */
  #broken: Failure | undefined = undefined

  constructor(core: SessionCore) {
    this.#core = core
  }

  add(command: DriverCommand, failureOf: (command: DriverCommand) => Failure): void {
    const core = this.#core
    if (isCalledOff(command) || isPairOf(this.#failed, command) || isBoundElsewhere(command, null)) return
    if (command.constructor === Quit) {
      if (this.keep.length > 0) this.keep.push(command)
      else quitWithoutLink(core, command)
    } else if (core.gate === 'closed') failLater(core, command, closedByApplication())
    else if (isOurs(command)) failLater(core, command, failureOf(command).error)
    else if (this.#broken !== undefined) this.#addBehind(command, this.#broken)
    else this.#settle(command, failureOf(command))
  }

  #settle(command: DriverCommand, failure: Failure): void {
    const core = this.#core
    const fresh = startsAfresh(command)
    if (fresh !== undefined) core.startAfresh(fresh)
    const judgement = judge(core, command, failure)
    const { decision, facts } = judgement
    // What is in front of this ROLLBACK goes on, so that there will be something to roll back.
    const isKept = decision.action === 'resolve' && this.keep.length > 0
    if (isKept || apply(core, command, failure, judgement)) this.keep.push(again(command))
    else if (decision.action !== 'resolve') {
      this.#failed = command
      this.isSessionLost ||= decision.action === 'fail' && decision.error === 'session-lost'
      if (isBuiltUpon(facts)) this.#broken = { error: failure.error, evidence: 'queued-never-sent' }
    }
  }

  /** A statement behind a BEGIN that never was must not run without it; a ROLLBACK has nothing to do. */
  #addBehind(command: DriverCommand, failure: Failure): void {
    const judgement = judge(this.#core, command, failure)
    const { transaction } = judgement.facts
    this.#failed = command
    failBehind(this.#core, command, failure, judgement)
    if (transaction === 'rollback' || transaction === 'commit') this.#broken = undefined
  }
}

/** Whether statements behind this one rely on its having run: a transaction's beginning, a change of the session. */
export function isBuiltUpon({ transaction, restores, leaves }: StatementFacts): boolean {
  return (
    transaction === 'begin' ||
    transaction === 'xa-start' ||
    transaction === 'set-transaction' ||
    restores.length > 0 ||
    leaves.length > 0
  )
}

/** Ends a statement that was issued to build upon one that has failed. */
export function failBehind(
  core: SessionCore,
  command: DriverCommand,
  failure: Failure,
  judgement: Judgement,
): void {
  const { transaction, multiple } = judgement.facts
  if (transaction === 'rollback' && !multiple) nextTick(resolveCommand, command)
  else {
    const decision = { action: 'fail', error: 'lost-connection', executed: 'no', reason: 'behind' } as const
    failLater(core, command, failureFor(core, command, failure, judgement, decision))
  }
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
export function apply(
  core: SessionCore,
  command: DriverCommand,
  failure: Failure,
  judgement: Judgement,
): boolean {
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
  if (decision.reason === 'poisoned' && core.poison !== undefined) return core.poison
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
