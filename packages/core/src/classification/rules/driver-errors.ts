import {
  accessRefused,
  linkLost,
  type RuleGroup,
  type RuleVerdict,
  refusedByClient,
  unreachable,
} from '../rule.js'

const deadline: RuleVerdict = { ...linkLost, kind: 'deadline', retryable: false }
const application: RuleVerdict = { ...refusedByClient, kind: 'application' }

const connector = 'mariadb connector 3.5.4, lib/misc/errors.js'
const mysql2Measured = 'measured with mysql2 3.24.5'

/** Errors that a driver makes itself: no server has said them. */
export const driverErrors: RuleGroup = {
  title: 'The driver says so',
  intro:
    'Codes of mysql2, of mysqljs and of the mariadb connector (45001 to 45064). None of them is the word of a server.',
  rules: [
    {
      id: 'client.deadline',
      match: { code: ['PROTOCOL_SEQUENCE_TIMEOUT'] },
      verdict: deadline,
      note: 'No answer in time. The statement may still run, so the link is given up, and the statement is killed on the server.',
      source: mysql2Measured,
    },
    {
      id: 'client.aborted',
      match: { code: ['ABORT_ERR'] },
      verdict: deadline,
      note: "The caller's signal was aborted; otherwise as a deadline.",
      source: 'Node.js documentation, AbortSignal',
    },
    {
      id: 'client.ended',
      match: { ended: true, code: ['PROTOCOL_ENQUEUE_AFTER_*', 'ER_CMD_CONNECTION_CLOSED'] },
      verdict: application,
      note: 'A statement on a connection that the application itself has ended.',
      source: connector,
    },
    {
      id: 'client.after-quit',
      match: { errno: [45004], code: ['PROTOCOL_ENQUEUE_AFTER_QUIT', 'ER_CMD_NOT_EXECUTED_DESTROYED'] },
      verdict: application,
      note: 'A statement behind `end()` or `destroy()`: only the application does that.',
      source: `mysqljs; ${connector}`,
    },
    {
      id: 'client.pool-closed',
      match: {
        errno: [45027, 45035, 45037],
        code: ['ER_POOL_ALREADY_CLOSED', 'ER_ADD_CONNECTION_CLOSED_POOL', 'ER_CLOSING_POOL', 'POOL_NOEXIST'],
      },
      verdict: application,
      note: 'The application has closed the pool, or asks for one that it has not made.',
      source: `${connector}; mysql2 3.24.5, lib/pool_cluster.js`,
    },
    {
      id: 'client.no-node-online',
      match: { code: ['POOL_NONEONLINE'] },
      verdict: unreachable,
      note: 'A pool cluster has given up all its servers.',
      source: 'mysql2 3.24.5, lib/pool_cluster.js',
    },
    {
      id: 'client.pool-exhausted',
      match: { errno: [45028], code: ['ER_GET_CONNECTION_TIMEOUT'] },
      verdict: { ...refusedByClient, kind: 'overloaded' },
      note: 'No link of the pool became free in time. The pool has waited already.',
      source: connector,
    },
    {
      id: 'client.tls-cut',
      match: { code: ['HANDSHAKE_SSL_ERROR'], syscall: ['read', 'write'] },
      verdict: unreachable,
      note: 'The link was lost during the TLS handshake; mysql2 puts its own code over that of the socket.',
      source: 'mysql2 3.24.5, lib/commands/client_handshake.js',
    },
    {
      id: 'client.tls-cut.text',
      match: {
        code: ['HANDSHAKE_SSL_ERROR'],
        text: /socket disconnected before secure TLS connection was established$/,
      },
      verdict: unreachable,
      note: 'The same, seen as the end of the stream.',
      source: 'Node.js, lib/_tls_wrap.js',
    },
    {
      id: 'client.configuration',
      match: {
        errno: [45008, 45023, 45024, 45025, 45044, 45045, 45047, 45056, 45057, 45059, 45062, 45063, 45064],
        code: [
          'HANDSHAKE_NO_SSL_SUPPORT',
          'HANDSHAKE_SSL_ERROR',
          'AUTH_SWITCH_PLUGIN_ERROR',
          'HANDSHAKE_UNKNOWN_ERROR',
          'MYSQL_CLEAR_PASSWORD_NOT_ENABLED',
          'CERT_*',
          'CRL_*',
          'DEPTH_ZERO_SELF_SIGNED_CERT',
          'SELF_SIGNED_CERT_IN_CHAIN',
          'UNABLE_TO_*',
          'HOSTNAME_MISMATCH',
          'ERR_TLS_*',
          'ERR_INVALID_ARG_*',
          'ERR_SOCKET_BAD_PORT',
          'ERR_COMEBACK_CONFIG',
        ],
      },
      verdict: accessRefused,
      note: 'Certificate, TLS, authentication or options do not fit the server, or what answers is none. Stays so until somebody changes them.',
      source: `mysql2 3.24.5, lib/commands; ${connector}; Node.js documentation, TLS errors`,
    },
    {
      id: 'client.connect-failed',
      match: {
        phase: 'connect',
        errno: [45009, 45012, 45039, 45060, 45061],
        code: [
          'PROTOCOL_CONNECTION_LOST',
          'PROTOCOL_UNEXPECTED_PACKET',
          'PROTOCOL_ERROR',
          'ER_SOCKET_UNEXPECTED_CLOSE',
          'ER_CONNECTION_TIMEOUT',
          'ER_INITIAL_TIMEOUT_ERROR',
          'ER_POOL_NOT_INITIALIZED',
          'ER_POOL_NO_CONNECTION',
        ],
      },
      verdict: unreachable,
      note: 'The link was closed, silent or speaking something else before the login was done. A balancer without a server closes it so.',
      source: `${mysql2Measured} and HAProxy; ${connector}`,
    },
    {
      id: 'client.closed',
      match: {
        errno: [45001, 45013, 45051],
        code: [
          'PROTOCOL_ENQUEUE_AFTER_*',
          'ER_CONNECTION_ALREADY_CLOSED',
          'ER_CMD_CONNECTION_CLOSED',
          'ER_PREPARE_CLOSED',
        ],
      },
      verdict: linkLost,
      note: 'The driver knew the link to be gone and refused the statement. To be reported with the evidence `dead-before-send`.',
      source: `mysqljs; ${connector}`,
    },
    {
      id: 'client.connection-lost',
      match: {
        errno: [45009, 45011, 45019, 45026, 45042],
        code: [
          'PROTOCOL_CONNECTION_LOST',
          'PROTOCOL_UNEXPECTED_PACKET',
          'PROTOCOL_PACKETS_OUT_OF_ORDER',
          'PROTOCOL_ERROR',
          'ER_SOCKET_UNEXPECTED_CLOSE',
          'ER_UNEXPECTED_PACKET',
          'ER_SOCKET',
          'ER_SOCKET_TIMEOUT',
          'ER_PING_TIMEOUT',
        ],
      },
      verdict: linkLost,
      note: 'The server closed the link, or what came over it made no sense. mysql2 gives the same error to the running statement and to those still in its queue: only the evidence tells them apart.',
      source: `${mysql2Measured}; ${connector}`,
    },
  ],
}
