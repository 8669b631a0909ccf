import { describe, expect, it } from 'vitest'
import type { ClassificationContext } from './classification-context.js'
import { classify } from './classify.js'
import { ruleGroups, rules } from './rules.js'
import type { ErrorFacts, Evidence, ServerFlavour } from './verdict.js'

/**
 * What is expected, written by hand from the manuals and from measurements, not derived from the rules:
 *
 *     rule | circumstances | kind, executed, link, transaction, retryable or final
 *       the errors, each a number, a code, code@syscall, or "words"; a number may be followed by words
 *
 * Circumstances that are left out: MySQL, a statement under way, no answer.
 */
const expectations = `
server.idle-disconnect | answered | link-lost no lost rolled-back retryable
  4031; ER_CLIENT_INTERACTION_TIMEOUT
server.idle-disconnect.text | answered unknown | link-lost no lost rolled-back retryable
  4031 "The client was disconnected by the server because of inactivity. See wait_timeout."
server.other | answered mariadb | unrelated no usable kept final
  4031; 4031 "Trigger does not exist"; 1047 "Unknown command"
server.other | answered unknown | unrelated no usable kept final
  4031
server.killed | answered | link-lost unknown lost unknown retryable
  1927; 3169; ER_SESSION_WAS_KILLED; ER_CONNECTION_KILLED
server.killed | dead-before-send mariadb | link-lost no lost rolled-back retryable
  1927; 3169
server.shutdown | answered | server-leaving unknown lost unknown retryable
  1053; 1077; 1079; 1080; ER_SERVER_SHUTDOWN
server.shutdown | answered connect | server-leaving no lost unknown retryable
  1053
server.offline | answered | server-leaving unknown lost unknown retryable
  3032; 3168
server.network | answered | link-lost unknown lost unknown retryable
  1152; 1158; 1159; 1160; 1161; 1184
server.not-in-cluster | answered mariadb | server-leaving no wrong-server rolled-back retryable
  1047 "WSREP has not yet prepared node for application use"
proxy.backend-lost | answered | link-lost unknown lost unknown retryable
  2006; 2013; 2014; 2055; CR_SERVER_LOST
proxy.backend-unreachable | answered connect | unreachable no lost unknown retryable
  2002; 2003; 2005
proxy.backend-unreachable | answered | unreachable unknown lost unknown retryable
  2003
proxy.no-server-in-time | answered | server-leaving no usable unknown retryable
  9001 "Max connect timeout reached while reaching hostgroup 10 after 10000ms"
proxy.aurora-scaling | answered | server-leaving no usable rolled-back retryable
  1105 "The last transaction was aborted due to Seamless Scaling. Please retry."

server.access-denied | answered connect | access-refused no lost unknown final
  1044; 1045; 1049; 1251; 1524; 1698; 1820; 1862; 1873; 3118; ER_ACCESS_DENIED_ERROR; ER_BAD_DB_ERROR
server.access-denied | answered | access-refused no usable kept final
  1044; 1049
server.account-locked | answered connect mariadb | access-refused no lost unknown final
  4150; 4151
server.other | answered | unrelated no usable kept final
  4150; 4151
server.host-refused | answered connect | access-refused no lost unknown final
  1129; 1130
client.auth-plugin | refused connect | access-refused no lost unknown final
  2049; 2059; 2061
server.too-many-connections | answered connect | overloaded no lost unknown retryable
  1040; 1041; 1135; 1203; 1226; ER_CON_COUNT_ERROR
server.quota | answered | overloaded no usable kept final
  1040; 1203; 1226
server.out-of-resources | answered | unrelated no usable kept final
  1021; 1037; 1038; 1041; 1114; 1135
server.handshake-failed | answered connect | unreachable no lost unknown retryable
  1042; 1043; 1081

server.query-killed | answered | statement-stopped no usable kept final
  1317; ER_QUERY_INTERRUPTED
server.query-timeout | answered | statement-stopped no usable kept final
  3024; 1028; 3170
server.query-timeout | answered mariadb | statement-stopped no usable kept final
  1969
server.query-timeout | partial-answer | statement-stopped no usable kept final
  3024
server.deadlock | answered | conflict no usable rolled-back final
  1213; ER_LOCK_DEADLOCK
server.lock-wait-timeout | answered | conflict no usable kept final
  1205
server.lock-refused | answered | conflict no usable kept final
  3572; 3058; 3132; 3133
server.transaction-rolled-back | answered | conflict no usable rolled-back final
  1206; 1402; 1613; 1614; 3101
server.record-changed | answered mariadb | conflict no usable unknown final
  1020; 1637
server.commit-failed | answered | conflict unknown usable unknown final
  1180; 1964; 3100
server.read-only | answered | wrong-server no wrong-server rolled-back retryable
  1290 "The MariaDB server is running with the --read-only option so it cannot execute this statement"
  1290 "The MySQL server is running with the --super-read-only option so it cannot execute this statement"
server.other | answered | unrelated no usable kept final
  1290 "The MySQL server is running with the --secure-file-priv option so it cannot execute this statement"
server.read-only-mode | answered compound | wrong-server unknown wrong-server rolled-back retryable
  1836
server.other | answered compound | unrelated unknown usable kept final
  1062
server.idle-disconnect | answered compound | link-lost no lost rolled-back retryable
  4031
server.read-only-mode | dead-before-send compound | wrong-server no wrong-server rolled-back retryable
  1836
server.read-only-mode | answered | wrong-server no wrong-server rolled-back retryable
  1836; 1874
server.read-only-transaction | answered writable | wrong-server no wrong-server rolled-back retryable
  1792
server.other | answered read-only | unrelated no usable kept final
  1792
server.other | answered | unrelated no usable kept final
  1792
server.unknown-handle | answered | session-lost no usable kept final
  1243
server.prepare-again | answered | session-lost no usable kept retryable
  1615
server.savepoint-lost | answered | session-lost no usable unknown final
  1305 "SAVEPOINT trx2 does not exist"
server.other | answered | unrelated no usable kept final
  1305 "PROCEDURE test.p does not exist"; 1105 "Unknown error"

packet.refused-by-server | answered | packet-too-large no lost rolled-back final
  1153; ER_NET_PACKET_TOO_LARGE
packet.refused-by-driver | queued-never-sent | packet-too-large no usable kept final
  45046
packet.over-limit.write | write-failed oversized | packet-too-large no lost rolled-back final
  ECONNRESET@write; EPIPE@write
packet.over-limit.no-answer | no-answer oversized | packet-too-large no lost rolled-back final
  ECONNRESET@read; PROTOCOL_CONNECTION_LOST
packet.answer-too-large | answered | unrelated unknown usable kept final
  3068

client.deadline | no-answer | deadline unknown lost unknown final
  PROTOCOL_SEQUENCE_TIMEOUT
client.deadline | queued-never-sent | deadline no lost rolled-back final
  PROTOCOL_SEQUENCE_TIMEOUT
client.aborted | no-answer | deadline unknown lost unknown final
  ABORT_ERR
client.ended | dead-before-send ended | application no usable kept final
  PROTOCOL_ENQUEUE_AFTER_DESTROY; 45013
client.after-quit | queued-never-sent | application no usable kept final
  45004; PROTOCOL_ENQUEUE_AFTER_QUIT
client.pool-closed | queued-never-sent | application no usable kept final
  45027; 45035; 45037; POOL_NOEXIST
client.no-node-online | refused connect | unreachable no lost unknown retryable
  POOL_NONEONLINE
client.pool-exhausted | queued-never-sent | overloaded no usable kept final
  45028
client.tls-cut | refused connect | unreachable no lost unknown retryable
  HANDSHAKE_SSL_ERROR@read
client.tls-cut.text | refused connect | unreachable no lost unknown retryable
  HANDSHAKE_SSL_ERROR "Client network socket disconnected before secure TLS connection was established"
client.configuration | refused connect | access-refused no lost unknown final
  45008; 45023; 45024; 45025; 45044; 45045; 45047; 45056; 45057; 45059; 45062; 45063; 45064
  HANDSHAKE_NO_SSL_SUPPORT; HANDSHAKE_SSL_ERROR; HANDSHAKE_UNKNOWN_ERROR; AUTH_SWITCH_PLUGIN_ERROR; CERT_HAS_EXPIRED
  UNABLE_TO_VERIFY_LEAF_SIGNATURE; ERR_TLS_CERT_ALTNAME_INVALID; ERR_INVALID_ARG_TYPE; ERR_SOCKET_BAD_PORT
client.connect-failed | refused connect | unreachable no lost unknown retryable
  45009; 45012; 45039; 45060; 45061; PROTOCOL_CONNECTION_LOST; PROTOCOL_ERROR
client.closed | dead-before-send | link-lost no lost rolled-back retryable
  45001; 45013; 45051; PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR
client.connection-lost | no-answer | link-lost unknown lost unknown retryable
  45009; 45011; 45019; 45026; 45042; PROTOCOL_CONNECTION_LOST; PROTOCOL_UNEXPECTED_PACKET
client.connection-lost | partial-answer | link-lost unknown lost unknown retryable
  PROTOCOL_CONNECTION_LOST
client.connection-lost | lost-in-prepare | link-lost no lost rolled-back retryable
  PROTOCOL_CONNECTION_LOST

dns.not-found | refused connect | unreachable no lost unknown retryable
  ENOTFOUND@getaddrinfo; EAI_AGAIN@getaddrinfo
socket.out-of-descriptors | refused connect | overloaded no lost unknown retryable
  EMFILE; ENFILE
socket.not-permitted | refused connect | access-refused no lost unknown final
  EACCES@connect
socket.refused | refused connect | unreachable no lost unknown retryable
  ECONNREFUSED@connect
socket.connect-failed | refused connect | unreachable no lost unknown retryable
  ETIMEDOUT@connect; ECONNRESET@read; EHOSTUNREACH@connect; ENOENT@connect; EADDRNOTAVAIL@connect
socket.connect-syscall | refused connect | unreachable no lost unknown retryable
  ESOMETHING@connect
socket.lost | no-answer | link-lost unknown lost unknown retryable
  ECONNRESET@read; ETIMEDOUT@read; ECONNABORTED@read; EPIPE; ERR_STREAM_DESTROYED; ERR_SSL_SOMETHING; EPIPE@write
socket.lost | write-failed | link-lost no lost rolled-back retryable
  ECONNRESET@write; EPIPE@write
socket.lost-syscall | no-answer | link-lost unknown lost unknown retryable
  EIO@read

text.closed-state | dead-before-send | link-lost no lost rolled-back retryable
  "Can't add new command when connection is in closed state"
  "select 1 - Can't add new command when connection is in closed state"; "Can't write in closed state"
text.closed-state.ended | dead-before-send ended | application no usable kept final
  "Can't add new command when connection is in closed state"
text.connection-lost | no-answer | link-lost unknown lost unknown retryable
  "Connection lost: The server closed the connection."; "MySQL server has gone away"
  "This socket has been ended by the other party"; "Lost connection to MySQL server during query"
text.query-timeout | no-answer | deadline unknown lost unknown final
  "Query inactivity timeout"; "select 1 - Defined query timeout of 1000ms exceeded when running query."
text.pool-closed | queued-never-sent | application no usable kept final
  "Pool is closed."; "Unable to acquire a connection"
  "ConnectionManager.getConnection was called after the connection manager was closed!"
text.pool-exhausted | queued-never-sent | overloaded no usable kept final
  "Queue limit reached."; "No connections available."; "Operation timeout"
  "Knex: Timeout acquiring a connection. The pool is probably full. Are you missing a .transacting(trx) call?"

server.other.login | answered connect | access-refused no lost unknown final
  1231
evidence.refused | refused connect | unreachable no lost unknown retryable
  "something new"
evidence.refused | refused | unreachable no lost unknown retryable
  "something new"
server.other | answered | unrelated no usable kept final
  1062; 1064; 1451; 1644 "Pool is closed."; 1644 "Connection lost: The server closed the connection."
evidence.answered | answered | unrelated no usable kept final
  "something new"; 2027
evidence.lost | no-answer | link-lost unknown lost unknown retryable
  "something new"
evidence.lost | queued-never-sent | link-lost no lost rolled-back retryable
  "something new"
`

interface Expectation {
  readonly rule: string
  readonly circumstances: string
  readonly error: string
  readonly says: string
}

const parse = (text: string): readonly Expectation[] => {
  const found: Expectation[] = []
  let heading = { rule: '', circumstances: '', says: '' }
  for (const line of text.split('\n').filter(one => one.trim() !== '')) {
    if (line.startsWith(' ')) {
      for (const error of line.split(';')) found.push({ ...heading, error: error.trim() })
      continue
    }
    const [rule = '', circumstances = '', says = ''] = line.split('|').map(part => part.trim())
    heading = { rule, circumstances, says }
  }
  return found
}

const factsOf = (error: string): ErrorFacts => {
  const [, name = '', syscall, message = ''] = /^([\w]*)(?:@(\w+))?\s*(?:"(.*)")?$/.exec(error) ?? []
  const errno = /^\d+$/.test(name) ? Number(name) : undefined
  return {
    message,
    ...(errno === undefined ? {} : { errno }),
    ...(errno === 45013 ? { code: 'ER_CMD_CONNECTION_CLOSED' } : {}),
    ...(errno === undefined && name !== '' ? { code: name } : {}),
    ...(syscall === undefined ? {} : { syscall }),
  }
}

const contextOf = (circumstances: string): ClassificationContext => {
  const words = circumstances.split(' ')
  const [evidence = 'no-answer'] = words
  return {
    evidence: evidence as Evidence,
    flavour: (words.find(word => ['mariadb', 'unknown'].includes(word)) ?? 'mysql') as ServerFlavour,
    phase: words.includes('connect') ? 'connect' : 'command',
    ...(words.includes('oversized') ? { requestBytes: 1_048_577, maxAllowedPacket: 1_048_576 } : {}),
    ...(words.includes('read-only') ? { readOnlyTransaction: true } : {}),
    ...(words.includes('writable') ? { readOnlyTransaction: false } : {}),
    ...(words.includes('compound') ? { compound: true } : {}),
    ...(words.includes('ended') ? { ended: true } : {}),
  }
}

const parsed = parse(expectations)

describe('the table', () => {
  it.each(parsed)('judges $error ($circumstances) by $rule', ({ rule, circumstances, error, says }) => {
    const verdict = classify(factsOf(error), contextOf(circumstances))
    const { kind, executed, link, transaction, retryable } = verdict
    expect([kind, executed, link, transaction, retryable ? 'retryable' : 'final'].join(' ')).toBe(says)
    expect(verdict.rule).toBe(rule)
    expect(verdict.evidence).toBe(contextOf(circumstances).evidence)
  })

  it('has an expectation for every rule', () => {
    const expected = new Set(parsed.map(({ rule }) => rule))
    expect(rules.map(({ id }) => id).filter(id => !expected.has(id))).toEqual([])
  })

  it('has an expectation for every number', () => {
    const expected = new Set(parsed.map(({ rule, error }) => `${rule} ${factsOf(error).errno}`))
    const all = rules.flatMap(({ id, match }) => (match.errno ?? []).map(errno => `${id} ${errno}`))
    expect(all.filter(one => !expected.has(one))).toEqual([])
  })

  it('gives every rule an id of its own, a note and a source', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
    for (const { id, note, source } of rules) {
      expect(id).toMatch(/^[a-z]+(?:[.-][a-z]+)+$/)
      expect(note).toMatch(/\.$/)
      expect(source).not.toBe('')
    }
  })

  it('says of a lost link that the statement did not run only where the server or its limit says so', () => {
    const told = rules
      .filter(({ verdict }) => verdict.link === 'lost' && verdict.executed === 'no')
      .map(({ id }) => id)
    expect(told).toEqual([
      'server.idle-disconnect',
      'server.idle-disconnect.text',
      'packet.refused-by-server',
      'packet.over-limit.write',
      'packet.over-limit.no-answer',
    ])
  })

  it('asks for words alone in the group of texts only', () => {
    const byWords = rules.filter(
      ({ match }) => match.text !== undefined && match.errno === undefined && match.code === undefined,
    )
    const group = ruleGroups.find(({ title }) => title === 'Only the text says so')
    expect(byWords).toEqual(group?.rules)
  })
})
