import { statementFacts } from '../statement/cached-facts.js'
import { leavesNothing } from '../statement/leaves-nothing.js'
import type { SessionChange } from './session-change.js'
import { SessionTracker } from './session-tracker.js'

/** Status flags as servers send them, with others mixed in that must not matter. */
export const AUTO = 0x4202
export const AUTO_IN_TRANSACTION = 0x4203
export const MANUAL = 0x4200
export const MANUAL_IN_TRANSACTION = 0x4201

/** A tracker that is told what a link would tell it. */
export class FakeSession {
  readonly tracker: SessionTracker = new SessionTracker()

  /** A statement that succeeds; `flags` of each of its OK and EOF packets. */
  ok(sql: string, flags: number | readonly number[] = AUTO, ...changes: readonly SessionChange[]): this {
    for (const each of [flags].flat()) this.tracker.statusFlags(each)
    for (const change of changes) this.tracker.stateChanged(change)
    if (leavesNothing(sql)) this.tracker.statementCompleted()
    else this.tracker.noteStatement(statementFacts(sql), sql)
    return this
  }

  /** A statement that is answered with an error, after the packets with these flags. */
  err(sql: string, flags: readonly number[] = []): this {
    for (const each of flags) this.tracker.statusFlags(each)
    this.tracker.errorAnswered(leavesNothing(sql) ? undefined : statementFacts(sql))
    return this
  }

  get transaction(): string {
    return this.tracker.snapshot().transaction
  }

  get baggage(): readonly string[] {
    return this.tracker.snapshot().baggage
  }

  get restored(): readonly string[] {
    return this.tracker.restoreStatements()
  }
}
