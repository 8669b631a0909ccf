import type { StatementFacts } from '../statement/statement-facts.js'
import type { SessionSnapshot, TransactionState } from './session-snapshot.js'
import { mayBegin } from './transaction-effects.js'

/** Status flag: a transaction is open. */
export const IN_TRANSACTION = 0x0001
/** Status flag: every statement commits itself. */
export const AUTOCOMMIT = 0x0002

/** SET and savepoints do nothing that would take the characteristics announced for the next transaction. */
const leavesAnnouncement = ({
  kind,
  transaction,
  multiple,
  opaque,
  implicitCommit,
}: StatementFacts): boolean =>
  !multiple &&
  !opaque &&
  !implicitCommit &&
  (kind === 'session' || (kind === 'transaction' && transaction !== 'begin' && transaction !== 'xa-start'))

const NONE: readonly string[] = []

const readOnly = /\bread\s+only\b/i

/**
 * Where a session stands with transactions, by the server's own word: the status flags of every OK and EOF packet. Texts only
 * add what flags do not tell: whether BEGIN was the last that ran, XA, and a SET TRANSACTION for the next one.
 */
export class TransactionTracker {
  #flags = AUTOCOMMIT
  #defaults: number | undefined = undefined
  #unsure = false
  #clean = false
  #isXa = false
  #prepared = false
  #lostOutcome: NonNullable<SessionSnapshot['lostOutcome']> | undefined = undefined
  #statements = 0
  /** SET TRANSACTION statements that the next transaction will take. */
  #announced: readonly string[] = NONE
  /** Whether something has run since that may have taken the announcement: a read of a table does, `SELECT 1` does not. */
  #isAnnouncementUnsure = false
  /** What opened the transaction that is open. */
  #opening: readonly string[] = NONE

  get state(): TransactionState {
    if (this.#lostOutcome !== undefined) return 'poisoned'
    if (this.#prepared) return 'prepared'
    if (this.#unsure) return 'unsure'
    if (this.#isXa) return 'open'
    if ((this.#flags & IN_TRANSACTION) === 0) return 'none'
    return this.#clean ? 'clean' : 'open'
  }

  get statements(): number {
    return this.#statements
  }

  get lostOutcome(): SessionSnapshot['lostOutcome'] {
    return this.#lostOutcome
  }

  get #isAutocommit(): boolean {
    return (this.#flags & AUTOCOMMIT) !== 0
  }

  get #isAutocommitByDefault(): boolean {
    return ((this.#defaults ?? AUTOCOMMIT) & AUTOCOMMIT) !== 0
  }

  /** Whether autocommit is off, where a new link would have it on. */
  get isAutocommitOff(): boolean {
    return !this.#isAutocommit && this.#isAutocommitByDefault
  }

  /** Whether the next transaction has characteristics of which it is not known whether it will still take them. */
  get isAnnouncementUnsure(): boolean {
    return this.#isAnnouncementUnsure
  }

  loggedIn(flags: number): void {
    if (this.#defaults === undefined) this.#flags = flags
    this.#defaults = flags
  }

  statusFlags(flags: number): void {
    this.#flags = flags
    this.#unsure = false
    if ((flags & IN_TRANSACTION) === 0 && !this.#isXa) this.#statements = 0
  }

  /** Any statement but those below has succeeded. */
  completed(): void {
    this.#clean = false
    if ((this.#flags & IN_TRANSACTION) !== 0 || this.#isXa) this.#statements += 1
    if (this.#announced.length > 0) this.#doubtAnnouncement()
  }

  #doubtAnnouncement(): void {
    if ((this.#flags & IN_TRANSACTION) !== 0) this.forgetAnnounced()
    else this.#isAnnouncementUnsure = true
  }

  /** A statement of which more is known has succeeded. */
  completedWith(facts: StatementFacts, sql: string): void {
    switch (facts.transaction) {
      case 'begin':
        this.#prepared = false
        if (facts.multiple) break
        this.#opened(facts.plainBegin, sql)
        return
      case 'set-transaction':
        if (facts.multiple) break
        this.#announced = [...this.#announced.filter(text => text !== sql), sql]
        return
      case 'xa-start':
        this.#prepared = false
        this.#opened(false, sql)
        this.#isXa = true
        return
      case 'xa-prepare':
        this.#isXa = false
        this.#prepared = true
        return
      case 'xa-commit':
      case 'xa-rollback':
        this.#isXa = false
        this.#prepared = false
        break
      default:
        // A text of several statements about an XA branch may have prepared it; MySQL's flags would not tell.
        if (facts.multiple && (this.#isXa || facts.verb === 'XA')) this.#prepared = true
    }
    this.#ran(facts)
  }

  /** Measured on MariaDB 10.11 and MySQL 9.7: COMMIT and ROLLBACK discard an announcement, SET and SAVEPOINT leave it. */
  #ran(facts: StatementFacts): void {
    const announced = this.#announced
    const wasUnsure = this.#isAnnouncementUnsure
    this.completed()
    if (announced.length === 0 || facts.multiple) return
    if (facts.transaction === 'commit' || facts.transaction === 'rollback') this.forgetAnnounced()
    else if (leavesAnnouncement(facts)) {
      this.#announced = announced
      this.#isAnnouncementUnsure = wasUnsure
    }
  }

  #opened(isClean: boolean, sql: string): void {
    this.#clean = isClean && !this.#isAnnouncementUnsure
    this.#statements = 0
    this.#opening = [...this.#announced, sql]
    this.forgetAnnounced()
  }

  /**
   * An error says nothing of the transaction, but a plain statement that fails in autocommit has begun none.
   *
   * @param facts - of the statement, unless it leaves nothing.
   */
  failed(facts: StatementFacts | undefined): void {
    const state = this.state
    this.#clean = false
    if (state !== 'none' || !this.#isAutocommit || (facts !== undefined && mayBegin(facts)))
      this.#unsure = true
    if (this.#announced.length > 0 && !(facts !== undefined && leavesAnnouncement(facts))) {
      this.#isAnnouncementUnsure = true
    }
    if (facts?.transaction === 'xa-prepare' && this.#isXa) this.#prepared = true
  }

  lost(outcome: NonNullable<SessionSnapshot['lostOutcome']>): void {
    this.#lostOutcome = outcome
  }

  /** There is no transaction any more. */
  ended(): void {
    this.#flags &= ~IN_TRANSACTION
    this.#unsure = false
    this.#clean = false
    this.#isXa = false
    this.#prepared = false
    this.#lostOutcome = undefined
    this.#statements = 0
    this.#opening = NONE
    this.forgetAnnounced()
  }

  /** Autocommit is as on a new link. */
  defaulted(): void {
    this.#flags = (this.#flags & ~AUTOCOMMIT) | ((this.#defaults ?? AUTOCOMMIT) & AUTOCOMMIT)
  }

  /** The next transaction has the session's own characteristics. */
  forgetAnnounced(): void {
    this.#announced = NONE
    this.#isAnnouncementUnsure = false
  }

  /** Whether what opened this transaction, or was announced for the next one, says READ ONLY. */
  get isReadOnlyByText(): boolean {
    const opening = this.state === 'none' ? [] : this.#opening
    return [...opening, ...this.#announced].some(sql => readOnly.test(sql))
  }

  /** What a new link must run: autocommit if its own default is off, SET TRANSACTION, a clean transaction's BEGIN. */
  restoreStatements(): string[] {
    const statements: string[] = []
    if (this.#isAutocommit && !this.#isAutocommitByDefault) statements.push('SET autocommit = 1')
    statements.push(...this.#announced)
    if (this.state === 'clean') statements.push(...this.#opening)
    return statements
  }
}
