/** Built-in functions whose result depends on what the session did before, or on which link it runs. */
export const sessionFunctions: ReadonlySet<string> = new Set([
  'CONNECTION_ID',
  'CURRENT_ROLE',
  'CURRVAL',
  // XPath expressions read user variables by `$@v`, hidden in a string.
  'EXTRACTVALUE',
  'FOUND_ROWS',
  'IS_FREE_LOCK',
  'IS_USED_LOCK',
  'LAST_INSERT_ID',
  'LASTVAL',
  'NEXTVAL',
  'PS_CURRENT_THREAD_ID',
  'ROW_COUNT',
  'SETVAL',
  'UPDATEXML',
  'WSREP_LAST_SEEN_GTID',
  'WSREP_LAST_WRITTEN_GTID',
])

/** Functions that take or hold a lock for the session, those of the common loadable libraries included. */
export const lockFunctions: ReadonlySet<string> = new Set([
  'GET_LOCK',
  'SERVICE_GET_READ_LOCKS',
  'SERVICE_GET_WRITE_LOCKS',
  'VERSION_TOKENS_LOCK_EXCLUSIVE',
  'VERSION_TOKENS_LOCK_SHARED',
])

/** Functions that give locks back. Only the last one gives back all. */
export const unlockFunctions: ReadonlySet<string> = new Set([
  'RELEASE_LOCK',
  'SERVICE_RELEASE_LOCKS',
  'VERSION_TOKENS_UNLOCK',
  'RELEASE_ALL_LOCKS',
])

/** Pseudo columns and functions without parentheses that depend on the session (MariaDB, sql_mode=ORACLE). */
export const sessionWords: ReadonlySet<string> = new Set([
  'CURRENT_ROLE',
  'CURRVAL',
  'LASTVAL',
  'NEXTVAL',
  'SETVAL',
])

/** Tables of the server that show the reading session's own state. */
export const sessionTables: ReadonlySet<string> = new Set([
  'OPTIMIZER_TRACE',
  'PROFILING',
  'SESSION_ACCOUNT_CONNECT_ATTRS',
  'SESSION_STATUS',
  'SESSION_VARIABLES',
])

/** Variables without a session value: reading them unqualified does not depend on the session. */
export const globalVariables: ReadonlySet<string> = new Set([
  'BASEDIR',
  'DATADIR',
  'HOSTNAME',
  'INNODB_VERSION',
  'LICENSE',
  'LOWER_CASE_TABLE_NAMES',
  'MAX_CONNECTIONS',
  'PORT',
  'PROTOCOL_VERSION',
  'READ_ONLY',
  'SERVER_UID',
  'SERVER_UUID',
  'SOCKET',
  'SUPER_READ_ONLY',
  'SYSTEM_TIME_ZONE',
  'VERSION',
  'VERSION_COMMENT',
  'VERSION_COMPILE_MACHINE',
  'VERSION_COMPILE_OS',
])
