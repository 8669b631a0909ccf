/** What servers send with an error number. */
export interface KnownError {
  readonly sqlState: string
  readonly message: string
  /** Whether the server closes the connection behind it. */
  readonly closes: boolean
}

const rows: readonly (readonly [errno: number, sqlState: string, message: string, closes?: 'closes'])[] = [
  [1040, '08004', 'Too many connections', 'closes'],
  [1044, '42000', "Access denied for user 'app'@'localhost' to database 'app'"],
  [1045, '28000', "Access denied for user 'app'@'localhost' (using password: YES)", 'closes'],
  [1047, '08S01', 'WSREP has not yet prepared node for application use'],
  [1049, '42000', "Unknown database 'app'", 'closes'],
  [1053, '08S01', 'Server shutdown in progress', 'closes'],
  [1062, '23000', "Duplicate entry '1' for key 'PRIMARY'"],
  [1105, 'HY000', 'Unknown error'],
  [1129, 'HY000', "Host 'localhost' is blocked because of many connection errors", 'closes'],
  [1130, 'HY000', "Host 'localhost' is not allowed to connect to this server", 'closes'],
  [1152, '08S01', 'Aborted connection to db (Got an error reading communication packets)', 'closes'],
  [1153, '08S01', "Got a packet bigger than 'max_allowed_packet' bytes", 'closes'],
  [1158, '08S01', 'Got an error reading communication packets', 'closes'],
  [1159, '08S01', 'Got timeout reading communication packets', 'closes'],
  [1160, '08S01', 'Got an error writing communication packets', 'closes'],
  [1161, '08S01', 'Got timeout writing communication packets', 'closes'],
  [1203, '42000', "User 'app' already has more than 'max_user_connections' active connections", 'closes'],
  [1205, 'HY000', 'Lock wait timeout exceeded; try restarting transaction'],
  [1213, '40001', 'Deadlock found when trying to get lock; try restarting transaction'],
  [
    1226,
    '42000',
    "User 'app' has exceeded the 'max_connections_per_hour' resource (current value: 1)",
    'closes',
  ],
  [1290, 'HY000', 'The server is running with the --read-only option so it cannot execute this statement'],
  [1317, '70100', 'Query execution was interrupted'],
  [1836, 'HY000', 'Running in read-only mode'],
  [1927, '70100', 'Connection was killed', 'closes'],
  [1969, '70100', 'Query execution was interrupted (max_statement_time exceeded)'],
  [2003, 'HY000', "Can't connect to remote MySQL server for client connected to '127.0.0.1:3306'", 'closes'],
  [2006, 'HY000', 'MySQL server has gone away', 'closes'],
  [2013, 'HY000', 'Lost connection to MySQL server during query', 'closes'],
  [3024, 'HY000', 'Query execution was interrupted, maximum statement execution time exceeded'],
  [3169, 'HY000', 'Session was killed', 'closes'],
  [
    4031,
    'HY000',
    'The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.',
    'closes',
  ],
]

const known: ReadonlyMap<number, KnownError> = new Map(
  rows.map(([errno, sqlState, message, closes]) => [
    errno,
    { sqlState, message, closes: closes === 'closes' },
  ]),
)

/** SQLSTATE and text that servers send with this number; a neutral pair for a number not listed. */
export function knownError(errno: number): KnownError {
  return known.get(errno) ?? { sqlState: 'HY000', message: 'Injected error', closes: false }
}
