import { linkLost, type RuleGroup, unreachable } from '../rule.js'

const leaving = { ...linkLost, kind: 'server-leaving' } as const

/** Error packets by which a server, or a proxy in front of it, takes its leave. */
export const serverLoss: RuleGroup = {
  title: 'The server ends the link',
  intro: 'Error packets that a server, or a proxy in front of it, sends as its last word.',
  rules: [
    {
      id: 'server.idle-disconnect',
      match: { flavour: ['mysql'], errno: [4031], code: ['ER_CLIENT_INTERACTION_TIMEOUT'] },
      verdict: { ...linkLost, executed: 'no' },
      note: 'Disconnected for idleness (MySQL 8.0.24 and later). Sent before the next statement was read, so that one did not run. mysql2 reports it with a numeric code. On MariaDB the number means that a trigger does not exist.',
      source: 'MySQL error reference; measured with mysql2 3.24.5 on MySQL 9.7; error list of MariaDB',
    },
    {
      id: 'server.idle-disconnect.text',
      match: {
        flavour: ['unknown'],
        errno: [4031],
        text: /disconnected by the server because of inactivity/i,
      },
      verdict: { ...linkLost, executed: 'no' },
      note: 'The same before the server has said who it is: told from MariaDB by its text.',
      source: 'MySQL error reference',
    },
    {
      id: 'server.killed',
      match: { errno: [1927, 3169], code: ['ER_CONNECTION_KILLED', 'ER_SESSION_WAS_KILLED'] },
      verdict: linkLost,
      note: 'The session was killed (1927 MariaDB, 3169 MySQL). Most servers just close the socket. The statement may have been under way.',
      source: 'error lists of MariaDB and MySQL; measured on MariaDB 10.11 and MySQL 9.7',
    },
    {
      id: 'server.shutdown',
      match: {
        errno: [1053, 1077, 1079, 1080],
        code: ['ER_SERVER_SHUTDOWN', 'ER_NORMAL_SHUTDOWN', 'ER_SHUTDOWN_COMPLETE', 'ER_FORCING_CLOSE'],
      },
      verdict: leaving,
      note: 'The server shuts down. It may answer a statement that it has not begun, or one that it has stopped half way: the answer does not tell.',
      source: 'MySQL error reference; measured on MySQL 9.7',
    },
    {
      id: 'server.offline',
      match: { errno: [3032, 3168], code: ['ER_SERVER_OFFLINE_MODE', 'ER_SERVER_ISNT_AVAILABLE'] },
      verdict: leaving,
      note: 'The server was set offline, or is not ready yet.',
      source: 'MySQL error reference',
    },
    {
      id: 'server.network',
      match: {
        errno: [1152, 1158, 1159, 1160, 1161, 1184],
        code: [
          'ER_ABORTING_CONNECTION',
          'ER_NET_READ_ERROR',
          'ER_NET_READ_INTERRUPTED',
          'ER_NET_ERROR_ON_WRITE',
          'ER_NET_WRITE_INTERRUPTED',
          'ER_NEW_ABORTING_CONNECTION',
        ],
      },
      verdict: linkLost,
      note: 'The server could not read from the link or write to it, e.g. after net_read_timeout or net_write_timeout.',
      source: 'MySQL error reference',
    },
    {
      id: 'server.not-in-cluster',
      match: { errno: [1047], text: /WSREP has not yet prepared node/i },
      verdict: {
        kind: 'server-leaving',
        executed: 'no',
        link: 'wrong-server',
        transaction: 'rolled-back',
        retryable: true,
      },
      note: 'A Galera node without a quorum, or still joining. SELECT 1, ping and login succeed on it, so the link itself has to go. Without that text 1047 is an unknown command.',
      source: 'measured on a Galera cluster of MariaDB 10.11',
    },
    {
      id: 'proxy.backend-lost',
      match: {
        errno: [2006, 2013, 2014, 2055],
        code: [
          'CR_SERVER_GONE_ERROR',
          'CR_SERVER_LOST',
          'CR_COMMANDS_OUT_OF_SYNC',
          'CR_SERVER_LOST_EXTENDED',
        ],
      },
      verdict: linkLost,
      note: "A client library's number, sent by a proxy or read from another library: its link to the server is lost. Even 2006 does not prove that the server behind a proxy never had the statement.",
      source: 'MySQL client error reference; measured with MySQL Router 9.7',
    },
    {
      id: 'proxy.backend-unreachable',
      match: {
        errno: [2002, 2003, 2005],
        code: ['CR_CONNECTION_ERROR', 'CR_CONN_HOST_ERROR', 'CR_UNKNOWN_HOST'],
      },
      verdict: unreachable,
      note: 'A proxy reaches no server. MySQL Router answers a login so; some proxies answer a statement so when its server is lost.',
      source: 'MySQL client error reference; measured with MySQL Router 9.7',
    },
    {
      id: 'proxy.no-server-in-time',
      match: { errno: [9001], text: /Max connect timeout reached/i },
      verdict: {
        kind: 'server-leaving',
        executed: 'no',
        link: 'usable',
        transaction: 'unknown',
        retryable: true,
      },
      note: 'ProxySQL found no server for the statement in time, and has not sent it.',
      source: 'ProxySQL source',
    },
    {
      id: 'proxy.aurora-scaling',
      match: { errno: [1105], text: /aborted due to Seamless Scaling/i },
      verdict: {
        kind: 'server-leaving',
        executed: 'no',
        link: 'usable',
        transaction: 'rolled-back',
        retryable: true,
      },
      note: 'Aurora Serverless moved to another size and rolled the transaction back. 1105 is used for all sorts of errors, so its text is asked.',
      source: 'Aurora user guide; the list of lost connections of Laravel',
    },
  ],
}
