/** Which server speaks. Some numbers mean different things: 4031 is a loss on MySQL and a trigger error on MariaDB. */
export type ServerFlavour = 'mysql' | 'mariadb' | 'unknown'

/** What a port has seen happen to a statement; reported with its error. Ordered from "certainly not run" to "answered". */
export type Evidence =
  /** The link could not be opened, or not logged in. */
  | 'refused'
  /** The statement was still in our queue. */
  | 'queued-never-sent'
  /** The link was seen dead before the statement was handed to the socket. */
  | 'dead-before-send'
  /** The kernel refused (part of) the request. */
  | 'write-failed'
  /** Lost while the statement was only being prepared. */
  | 'lost-in-prepare'
  /** The request was handed over, no byte of an answer came. */
  | 'no-answer'
  /** A part of the answer came. */
  | 'partial-answer'
  /** The server answered with an error packet. */
  | 'answered'

/** The fields of anything thrown that classification reads; see `errorFacts`. */
export interface ErrorFacts {
  /** The driver's symbolic code (`ECONNRESET`, `ER_SERVER_SHUTDOWN` …). A numeric `code` is moved to `errno`. */
  readonly code?: string
  /** Positive: the server's number. Negative: the operating system's. */
  readonly errno?: number
  /** SQLSTATE, five characters. Kept for the application's own rules: servers give one for many things. */
  readonly sqlState?: string
  /** `connect`, `getaddrinfo`, `read`, `write` … */
  readonly syscall?: string
  /** The message as the driver or an ORM made it; it may hold SQL and values. `''` where there is none. */
  readonly message: string
}

/** What kind of event an error is: the column `kind` of `docs/classification.md`. */
export type VerdictKind =
  /** The link is gone. */
  | 'link-lost'
  /** No link could be opened: refused, unreachable, timed out, name not found. */
  | 'unreachable'
  /** Login or configuration refused for good (1045, 1049 …). */
  | 'access-refused'
  /** Too many connections (1040, 1203, 1226). */
  | 'overloaded'
  /** The server is leaving or not ready (1053, 1047 …). */
  | 'server-leaving'
  /** A healthy link to a server that must not be written to (1290 read-only, 1836, 1792 …). */
  | 'wrong-server'
  /** Larger than `max_allowed_packet`. */
  | 'packet-too-large'
  /** Statement killed or out of time on a healthy link (1317, 1969, 3024). */
  | 'statement-stopped'
  /** Deadlock or lock wait timeout (1213, 1205 …). */
  | 'conflict'
  /** A deadline of ours or of the caller passed without an answer. */
  | 'deadline'
  /** The session's state is gone behind a healthy link (1243 unknown statement handler, 1305 savepoint …). */
  | 'session-lost'
  /** The application's own doing: a query after `end()`, "Pool is closed". */
  | 'application'
  /** An ordinary error; none of our business. */
  | 'unrelated'

/** What an error proves. */
export interface Verdict {
  /** What kind of event it is. */
  readonly kind: VerdictKind
  /** Whether the statement ran. For statements in a transaction: ran within it, before the transaction's own fate. */
  readonly executed: 'no' | 'yes' | 'unknown'
  /** What is left of the link. */
  readonly link: 'usable' | 'lost' | 'wrong-server'
  /** What became of an open transaction, as far as this error alone says. */
  readonly transaction: 'kept' | 'rolled-back' | 'unknown'
  /** What was seen to happen to the statement; where it is proof, the verdict rests on it. */
  readonly evidence: Evidence
  /** May an unexecuted statement be tried again: never (final), or with the usual backoff? */
  readonly retryable: boolean
  /** The id of the table row that decided, e.g. `server.1053`; stable, for logs and tests. */
  readonly rule: string
}
