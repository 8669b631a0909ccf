/**
 * What a statement does, from its text alone. What the lexer does not know is a `write`.
 *
 * `transaction` is transaction control, `session` changes or resets session state (`SET`, `USE`, `PREPARE` …).
 */
export type StatementKind = 'read' | 'write' | 'ddl' | 'transaction' | 'session'

/** Which transaction control a statement of kind `transaction` is. */
export type TransactionVerb =
  | 'begin'
  | 'commit'
  | 'rollback'
  | 'savepoint'
  | 'rollback-to-savepoint'
  | 'release-savepoint'
  | 'set-transaction'
  | 'xa-start'
  | 'xa-end'
  | 'xa-prepare'
  | 'xa-commit'
  | 'xa-rollback'

/** What ties a session to one link. `variable` and `schema` may be restorable, the rest is not. */
export type BaggageKind =
  | 'temporary-table'
  | 'user-lock'
  | 'table-lock'
  | 'user-variable'
  | 'sql-prepared-statement'
  | 'handler'
  | 'variable'
  | 'schema'
  | 'autocommit-off'
  | 'opaque'

/** A session change that can be repeated on a new link by its text: literal values only, no one-shot variable. */
export interface RestorableChange {
  /** What it sets: `names`, `schema`, or a variable's name in lower case. A later change of the same key replaces it. */
  readonly key: string
  /** The statement to repeat; it holds nothing but this change. */
  readonly sql: string
}

/** What is known of one statement before it is sent. Immutable, cached by SQL text. */
export interface StatementFacts {
  /** `write` where the text holds more than one statement or is not understood. */
  readonly kind: StatementKind
  /** The statement's first keyword in upper case, or `''`. Safe for messages and logs; never more of the SQL. */
  readonly verb: string
  /** Set for `kind: 'transaction'`. */
  readonly transaction?: TransactionVerb
  /** A BEGIN that can be opened again unnoticed: no CONSISTENT SNAPSHOT, and nothing else in the text. */
  readonly plainBegin: boolean
  /** The text holds (or may hold) more than one statement, or a compound one; COMMIT AND CHAIN counts as one. */
  readonly multiple: boolean
  /** Its result depends on the session's past: `LAST_INSERT_ID()`, `@v`, `FOUND_ROWS()`, `CONNECTION_ID()`, `SHOW WARNINGS` … */
  readonly readsSession: boolean
  /** `FOR UPDATE`, `FOR SHARE`, `LOCK IN SHARE MODE`. */
  readonly locking: boolean
  /** It calls something whose effects the text does not show: a stored function or procedure. */
  readonly opaque: boolean
  /** It commits an open transaction implicitly (DDL, `LOCK TABLES`, `SET autocommit=1` …). */
  readonly implicitCommit: boolean
  /** Baggage that the session carries once this statement has run, beyond `restores`. */
  readonly leaves: readonly BaggageKind[]
  /** Session changes that can be repeated on a new link. */
  readonly restores: readonly RestorableChange[]
  /** Baggage of which this statement removes all there is: `UNLOCK TABLES`, `RELEASE_ALL_LOCKS()`, `SET autocommit=1`. */
  readonly clears: readonly BaggageKind[]
  /**
   * A read that gives a later reader the same right answer on any link: kind `read`, one statement, and none of
   * `readsSession`, `locking`, `opaque`; every function in it is a known built-in one.
   */
  readonly resendable: boolean
  /** The words after `comeback:` in comments, in lower case with single spaces between; undefined without one. */
  readonly comment?: string
}
