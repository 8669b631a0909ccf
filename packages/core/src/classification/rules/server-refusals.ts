import { accessRefused, type RuleGroup, statementFailed, unreachable } from '../rule.js'

const overloaded = { ...unreachable, kind: 'overloaded' } as const

/** Error packets that answer a login, or that say that the server has no room. */
export const serverRefusals: RuleGroup = {
  title: 'The server refuses a login or has no room',
  intro: 'Nothing was executed. What is refused for good is never tried again.',
  rules: [
    {
      id: 'server.access-denied',
      match: {
        errno: [1044, 1045, 1049, 1251, 1524, 1698, 1820, 1862, 1873, 3118],
        code: [
          'ER_DBACCESS_DENIED_ERROR',
          'ER_ACCESS_DENIED_ERROR',
          'ER_BAD_DB_ERROR',
          'ER_NOT_SUPPORTED_AUTH_MODE',
          'ER_PLUGIN_IS_NOT_LOADED',
          'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
          'ER_MUST_CHANGE_PASSWORD',
          'ER_MUST_CHANGE_PASSWORD_LOGIN',
          'ER_ACCESS_DENIED_CHANGE_USER_ERROR',
          'ER_ACCOUNT_HAS_BEEN_LOCKED',
        ],
      },
      verdict: accessRefused,
      note: 'Wrong user, password, database or way of authentication, or an account that may not log in.',
      source: 'MySQL error reference; measured on MariaDB 10.11',
    },
    {
      id: 'server.account-locked',
      match: { flavour: ['mariadb'], errno: [4150, 4151] },
      verdict: accessRefused,
      note: 'The account is blocked or locked (MariaDB). On MySQL the numbers belong to the bulk loader, and mysql2 names them so.',
      source: 'error list of MariaDB',
    },
    {
      id: 'server.host-refused',
      match: { errno: [1129, 1130], code: ['ER_HOST_IS_BLOCKED', 'ER_HOST_NOT_PRIVILEGED'] },
      verdict: accessRefused,
      note: 'This host may not connect, or was blocked after too many failed attempts: trying again only keeps it blocked.',
      source: 'MySQL error reference',
    },
    {
      id: 'client.auth-plugin',
      match: {
        errno: [2049, 2059, 2061],
        code: ['CR_SECURE_AUTH', 'CR_AUTH_PLUGIN_CANNOT_LOAD', 'CR_AUTH_PLUGIN_ERR'],
      },
      verdict: accessRefused,
      note: 'Client and server have no way of authentication in common.',
      source: 'MySQL client error reference',
    },
    {
      id: 'server.too-many-connections',
      match: {
        phase: 'connect',
        errno: [1040, 1041, 1135, 1203, 1226],
        code: [
          'ER_CON_COUNT_ERROR',
          'ER_OUT_OF_RESOURCES',
          'ER_CANT_CREATE_THREAD',
          'ER_TOO_MANY_USER_CONNECTIONS',
          'ER_USER_LIMIT_REACHED',
        ],
      },
      verdict: overloaded,
      note: 'No room for one more link. It is tried again with a long backoff, by one caller; links that exist are healthy.',
      source: 'MySQL error reference; measured on MariaDB 10.11',
    },
    {
      id: 'server.quota',
      match: {
        phase: 'command',
        errno: [1040, 1203, 1226],
        code: ['ER_CON_COUNT_ERROR', 'ER_TOO_MANY_USER_CONNECTIONS', 'ER_USER_LIMIT_REACHED'],
      },
      verdict: { ...statementFailed, kind: 'overloaded' },
      note: 'A statement was refused for a quota (MAX_QUERIES_PER_HOUR …), or by a proxy that is full.',
      source: 'MySQL error reference',
    },
    {
      id: 'server.out-of-resources',
      match: {
        phase: 'command',
        errno: [1021, 1037, 1038, 1041, 1114, 1135],
        code: [
          'ER_DISK_FULL',
          'ER_OUTOFMEMORY',
          'ER_OUT_OF_SORTMEMORY',
          'ER_OUT_OF_RESOURCES',
          'ER_RECORD_FILE_FULL',
          'ER_CANT_CREATE_THREAD',
        ],
      },
      verdict: statementFailed,
      note: 'Disk or memory of the server is used up. Sending again at once would not help.',
      source: 'MySQL error reference',
    },
    {
      id: 'server.handshake-failed',
      match: {
        phase: 'connect',
        errno: [1042, 1043, 1081],
        code: ['ER_BAD_HOST_ERROR', 'ER_HANDSHAKE_ERROR', 'ER_IPSOCK_ERROR'],
      },
      verdict: unreachable,
      note: 'The server could not look up the host, or the handshake was cut short.',
      source: 'MySQL error reference',
    },
  ],
}
