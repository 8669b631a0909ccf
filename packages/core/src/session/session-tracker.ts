import { variableKey } from '../statement/session-variables.js'
import type { BaggageKind, StatementFacts } from '../statement/statement-facts.js'
import { type BaggageBits, baggageBits, baggageKinds } from './baggage.js'
import { isSetByNames, RestoreJournal } from './restore-journal.js'
import type { SessionChange } from './session-change.js'
import type { SessionSnapshot } from './session-snapshot.js'
import { TransactionTracker } from './transaction-tracker.js'

const schemaBit = baggageBits(['schema'])
const variableBit = baggageBits(['variable'])
const opaqueBit = baggageBits(['opaque'])

/**
 * What one session carries: its transaction, its baggage, and what a new link must be given. Told of every answer; does no I/O,
 * throws nothing. `statusFlags` and `statementCompleted` are all that a plain statement costs.
 *
 * Order of calls for one statement: `statusFlags` for each of its OK and EOF packets, `stateChanged` where the server reports a
 * change, then one of `statementCompleted`, `noteStatement`, `errorAnswered`. Decide upon a failure with the snapshot from before.
 */
export class SessionTracker {
  readonly #transaction = new TransactionTracker()
  readonly #journal = new RestoreJournal()
  #baggage: BaggageBits = 0
  /** What the server has reported of the statement that is running; undefined while it has reported nothing. */
  #reported: Set<string> | undefined = undefined
  #isUnnamedReported = false

  /** A link has logged in: the flags of its login tell how the server sets autocommit by itself. Optional. */
  linkOpened(flags: number): void {
    this.#transaction.loggedIn(flags)
  }

  /** The status flags of an OK or EOF packet, also of the results in the middle of an answer. */
  statusFlags(flags: number): void {
    this.#transaction.statusFlags(flags)
  }

  /** The server has reported a change of the session within a running statement. Its values hold against texts. */
  stateChanged(change: SessionChange): void {
    this.#reported ??= new Set()
    if (change.unnamed === true) this.#isUnnamedReported = true
    if (change.schema !== undefined) {
      this.#reported.add('schema')
      this.#journal.noteSchema(change.schema)
      // A session without a default schema can not be had by a statement.
      this.#baggage = change.schema === '' ? this.#baggage | schemaBit : this.#baggage & ~schemaBit
    }
    for (const [name, value] of change.variables ?? []) {
      const lower = name.toLowerCase()
      this.#reported.add(variableKey(lower))
      if (!this.#journal.noteValue(lower, value)) this.#baggage |= variableBit
    }
  }

  /** A statement that leaves nothing (`leavesNothing`) has succeeded. */
  statementCompleted(): void {
    this.#transaction.completed()
    if (this.#reported !== undefined) this.#settleReport(true)
  }

  /**
   * A statement that may leave something has succeeded.
   *
   * @param sql - its text: a BEGIN or SET TRANSACTION is repeated as it was.
   */
  noteStatement(facts: StatementFacts, sql: string): void {
    this.#transaction.completedWith(facts, sql)
    this.#baggage &= ~baggageBits(facts.clears)
    this.#leave(facts.leaves)
    if (facts.restores.length > 0) this.#noteChanges(facts.restores)
    this.#settleReport(false)
  }

  #noteChanges(changes: StatementFacts['restores']): void {
    // SET NAMES says more (a collation) than the variables that are reported for it.
    const setsNames = changes.some(({ key }) => key === 'names')
    for (const change of changes) {
      const isByText = change.key === 'names' || (setsNames && isSetByNames(change.key))
      if (isByText || !this.#reported?.has(change.key)) this.#journal.note(change)
      if (change.key === 'schema') this.#baggage &= ~schemaBit
    }
  }

  /**
   * The server has answered a statement with an error. What it may have left before it failed counts as left; what it
   * would have cleared does not count as cleared. Its transaction is unsure until the next OK or EOF.
   *
   * @param facts - of the statement; undefined if it leaves nothing.
   */
  errorAnswered(facts?: StatementFacts): void {
    this.#transaction.failed(facts)
    if (facts !== undefined) {
      this.#leave(facts.leaves)
      // The first statements of a text may have run.
      if (facts.multiple && facts.restores.some(({ key }) => !this.#reported?.has(key))) {
        this.#baggage |= variableBit
      }
    }
    this.#settleReport(false)
  }

  /** The link is gone, and with it the statement that was running. What the session carries is kept for the decision. */
  linkLost(): void {
    this.#settleReport(false)
  }

  /** The transaction is lost: the session is of no use until it is rolled back. */
  poison(outcome: NonNullable<SessionSnapshot['lostOutcome']> = 'unknown'): void {
    this.#transaction.lost(outcome)
  }

  /** A lost transaction was rolled back without a server. */
  rolledBack(): void {
    this.#transaction.ended()
  }

  /** The application was told that what only the lost link had is gone; the session goes on without. */
  stateGivenUp(): void {
    this.#baggage = 0
    this.#transaction.defaulted()
    this.#transaction.forgetAnnounced()
  }

  /**
   * The session is as new. Measured on MariaDB 10.11 and MySQL 9.7: COM_RESET_CONNECTION (`reset`) leaves the default schema as
   * it was; COM_CHANGE_USER (`change-user`) takes its own.
   */
  resetDone(command: 'reset' | 'change-user'): void {
    const schemaBaggage = this.#baggage & schemaBit
    this.rolledBack()
    this.stateGivenUp()
    if (command === 'reset') {
      this.#journal.clearButSchema()
      this.#baggage = schemaBaggage
    } else this.#journal.clear()
    this.#settleReport(false)
  }

  /** Whether a transaction is open, may be, or was lost; the cheap part of `snapshot`. */
  get isInTransaction(): boolean {
    return this.#transaction.state !== 'none'
  }

  /** Whether only the server can say if a transaction is open: a statement failed that may have begun one. Any answer tells. */
  get isUnsure(): boolean {
    return this.#transaction.state === 'unsure'
  }

  /**
   * Whether a transaction is open in which something has been done, or may have been, or one was lost: its link can not be replaced
   * unnoticed. Cheap enough to ask for every statement.
   */
  get isBoundToLink(): boolean {
    const { state } = this.#transaction
    return state !== 'none' && state !== 'clean'
  }

  /** Whether the application has asked for its transactions, or for this one, to be READ ONLY. */
  get isReadOnlyByRequest(): boolean {
    const forAll = this.#journal.get('transaction_read_only') ?? ''
    return this.#transaction.isReadOnlyByText || /ONLY$|= *'?(?:1|ON|TRUE)'?$/i.test(forAll)
  }

  /** What is known of the session now, for `decide`. */
  snapshot(): SessionSnapshot {
    const { state, statements, lostOutcome, isAutocommitOff, isAnnouncementUnsure } = this.#transaction
    const baggage = baggageKinds(isAnnouncementUnsure ? this.#baggage | variableBit : this.#baggage)
    if (isAutocommitOff) baggage.push('autocommit-off')
    return { transaction: state, baggage, statements, ...(lostOutcome === undefined ? {} : { lostOutcome }) }
  }

  /**
   * What a new link must run to be as this session is, in order: schema, character set, `sql_mode`, other variables, a SET
   * TRANSACTION for the next transaction, and the BEGIN of a clean one. Nothing can restore baggage.
   */
  restoreStatements(): readonly string[] {
    return [...this.#journal.statements(), ...this.#transaction.restoreStatements()]
  }

  #leave(kinds: readonly BaggageKind[]): void {
    const bits = baggageBits(kinds)
    this.#baggage |= this.#reported?.has('schema') ? bits & ~schemaBit : bits
  }

  #settleReport(isUnexplained: boolean): void {
    if (isUnexplained && this.#isUnnamedReported) this.#baggage |= opaqueBit
    this.#reported = undefined
    this.#isUnnamedReported = false
  }
}
