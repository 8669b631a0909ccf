import { type RuleGroup, type RuleVerdict, statementFailed } from '../rule.js'

const stopped: RuleVerdict = { ...statementFailed, kind: 'statement-stopped' }
const conflict: RuleVerdict = { ...statementFailed, kind: 'conflict' }
const wrongServer: RuleVerdict = {
  kind: 'wrong-server',
  executed: 'no',
  link: 'wrong-server',
  transaction: 'rolled-back',
  retryable: true,
}

/** Error packets about one statement, on a link that is healthy. */
export const serverStatements: RuleGroup = {
  title: 'The statement failed on a healthy link',
  intro:
    'Not a loss. Statements that were stopped and conflicts go back to the application unchanged; a link to a server that must not be written to is given up.',
  rules: [
    {
      id: 'server.query-killed',
      match: { errno: [1317], code: ['ER_QUERY_INTERRUPTED'] },
      verdict: stopped,
      note: 'KILL QUERY. The statement is rolled back (in a table without transactions its first part stays), the transaction goes on.',
      source: 'MySQL error reference; measured on MariaDB 10.11',
    },
    {
      id: 'server.query-timeout',
      match: {
        errno: [1969, 3024, 1028, 3170],
        code: ['ER_STATEMENT_TIMEOUT', 'ER_QUERY_TIMEOUT', 'ER_FILSORT_ABORT', 'ER_CAPACITY_EXCEEDED'],
      },
      verdict: stopped,
      note: "The server's own limit: max_statement_time on MariaDB (1969, in seconds), max_execution_time on MySQL (3024, in milliseconds), an aborted sort (1028), a memory limit of the optimizer (3170).",
      source: 'error lists of MariaDB and MySQL; 1969 measured on MariaDB 10.11',
    },
    {
      id: 'server.deadlock',
      match: { errno: [1213], code: ['ER_LOCK_DEADLOCK'] },
      verdict: { ...conflict, transaction: 'rolled-back' },
      note: 'The whole transaction is rolled back, not just the statement. Galera answers a COMMIT so when two nodes disagree.',
      source: 'MySQL error reference; measured on MariaDB 10.11 and Galera',
    },
    {
      id: 'server.lock-wait-timeout',
      match: { errno: [1205], code: ['ER_LOCK_WAIT_TIMEOUT'] },
      verdict: conflict,
      note: 'Only the statement is rolled back and the transaction goes on, unless the server runs with innodb_rollback_on_timeout.',
      source: 'MySQL error reference; measured on MariaDB 10.11',
    },
    {
      id: 'server.lock-refused',
      match: {
        errno: [3572, 3058, 3132, 3133],
        code: [
          'ER_LOCK_NOWAIT',
          'ER_USER_LOCK_DEADLOCK',
          'ER_LOCKING_SERVICE_DEADLOCK',
          'ER_LOCKING_SERVICE_TIMEOUT',
        ],
      },
      verdict: conflict,
      note: 'NOWAIT, or a lock of GET_LOCK or the locking service that could not be had.',
      source: 'MySQL error reference',
    },
    {
      id: 'server.transaction-rolled-back',
      match: {
        errno: [1206, 1402, 1613, 1614, 3101],
        code: [
          'ER_LOCK_TABLE_FULL',
          'ER_XA_RBROLLBACK',
          'ER_XA_RBTIMEOUT',
          'ER_XA_RBDEADLOCK',
          'ER_TRANSACTION_ROLLBACK_DURING_COMMIT',
        ],
      },
      verdict: { ...conflict, transaction: 'rolled-back' },
      note: 'The server has rolled the transaction back: a full lock table, an XA branch, or group replication at COMMIT.',
      source: 'MySQL error reference',
    },
    {
      id: 'server.record-changed',
      match: { errno: [1020, 1637], code: ['ER_CHECKREAD', 'ER_TOO_MANY_CONCURRENT_TRXS'] },
      verdict: { ...conflict, transaction: 'unknown' },
      note: 'A row has changed since the snapshot was taken (innodb_snapshot_isolation of MariaDB), or InnoDB runs too many transactions. Versions differ in whether the transaction goes on.',
      source: 'error list of MariaDB',
    },
    {
      id: 'server.commit-failed',
      match: {
        errno: [1180, 1964, 3100],
        code: ['ER_ERROR_DURING_COMMIT', 'ER_PRIOR_COMMIT_FAILED', 'ER_RUN_HOOK_ERROR'],
      },
      verdict: { ...conflict, executed: 'unknown', transaction: 'unknown' },
      note: 'An engine or a replication hook failed in the middle of a commit.',
      source: 'error lists of MariaDB and MySQL',
    },
    {
      id: 'server.read-only',
      match: { errno: [1290], text: /running with the --(?:super[-_])?read[-_]only\b/i },
      verdict: wrongServer,
      note: 'The primary has moved and this server takes no writes. The link is healthy and useless: all links to that host are replaced. COMMIT answered so has been rolled back. With another option in its text 1290 is an ordinary error.',
      source: 'measured on MariaDB 10.11 with a replica',
    },
    {
      id: 'server.read-only-mode',
      match: { errno: [1836, 1874], code: ['ER_READ_ONLY_MODE', 'ER_INNODB_READ_ONLY'] },
      verdict: wrongServer,
      note: 'As above: the server, or InnoDB as on a reader of Aurora, is in read-only mode.',
      source: 'MySQL error reference',
    },
    {
      id: 'server.read-only-transaction',
      match: {
        errno: [1792],
        code: ['ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION'],
        notReadOnlyByRequest: true,
      },
      verdict: wrongServer,
      note: 'A write in a transaction that the application has certainly not begun as READ ONLY: the server is a reader. Otherwise it is an ordinary error.',
      source: 'MySQL error reference; drivers that refuse read-only servers',
    },
    {
      id: 'server.unknown-handle',
      match: { errno: [1243], code: ['ER_UNKNOWN_STMT_HANDLER'] },
      verdict: { ...statementFailed, kind: 'session-lost' },
      note: 'A prepared statement is not known to this link: it belonged to another one, or a proxy has changed the server behind it.',
      source: 'measured on MariaDB 10.11',
    },
    {
      id: 'server.prepare-again',
      match: { errno: [1615], code: ['ER_NEED_REPREPARE'] },
      verdict: { ...statementFailed, kind: 'session-lost', retryable: true },
      note: 'A prepared statement has to be prepared anew, as the tables in it have changed.',
      source: 'MySQL error reference',
    },
    {
      id: 'server.savepoint-lost',
      match: { errno: [1305], text: /SAVEPOINT .+ does not exist/i },
      verdict: { ...statementFailed, kind: 'session-lost', transaction: 'unknown' },
      note: 'The transaction of this savepoint is over: it was lost behind a proxy, or a statement has committed it implicitly.',
      source: 'MySQL error reference',
    },
  ],
}
