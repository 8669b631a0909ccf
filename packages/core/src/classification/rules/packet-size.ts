import { linkLost, type RuleGroup, type RuleVerdict, refusedByClient } from '../rule.js'
import { lossCodes } from './loss-codes.js'

const tooLarge: RuleVerdict = { ...linkLost, kind: 'packet-too-large', executed: 'no', retryable: false }

/** Requests larger than the server takes. */
export const packetSize: RuleGroup = {
  title: 'The request is larger than the server takes',
  intro:
    'A server never runs a request larger than `max_allowed_packet`; it closes the link. Such a request is never sent again.',
  rules: [
    {
      id: 'packet.refused-by-server',
      match: { errno: [1153], code: ['ER_NET_PACKET_TOO_LARGE'] },
      verdict: tooLarge,
      note: 'The server says so and closes the link, which the next statement would otherwise find out. mysql2 does not mark it as fatal.',
      source: 'measured with mysql2 3.24.5 on MariaDB 10.11 and MySQL 9.7',
    },
    {
      id: 'packet.refused-by-driver',
      match: { errno: [45046], code: ['ER_MAX_ALLOWED_PACKET'] },
      verdict: { ...refusedByClient, kind: 'packet-too-large', executed: 'no' },
      note: 'The mariadb connector has refused it by its own option, before it sent a byte.',
      source: 'mariadb connector 3.5.4, lib/misc/errors.js',
    },
    {
      id: 'packet.over-limit.write',
      match: { oversized: true, evidence: ['write-failed'] },
      verdict: tooLarge,
      note: 'The server closed the link while the request was being written. Looks like any other loss; the sizes tell.',
      source: 'measured with mysql2 3.24.5 on MariaDB 10.11: 20 of 20',
    },
    {
      id: 'packet.over-limit.no-answer',
      match: { oversized: true, evidence: ['no-answer'], code: lossCodes },
      verdict: tooLarge,
      note: 'The same, noticed only on reading. The limit of the server proves that it did not run the request.',
      source: 'measured with mysql2 3.24.5 on MySQL 9.7; MySQL manual, max_allowed_packet',
    },
    {
      id: 'packet.answer-too-large',
      match: { flavour: ['mysql'], errno: [3068], code: ['ER_NET_OK_PACKET_TOO_LARGE'] },
      verdict: {
        kind: 'unrelated',
        executed: 'unknown',
        link: 'usable',
        transaction: 'kept',
        retryable: false,
      },
      note: 'The answer to a statement did not fit a packet; the statement itself may have run. MySQL only.',
      source: 'MySQL error reference',
    },
  ],
}
