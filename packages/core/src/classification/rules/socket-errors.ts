import { accessRefused, linkLost, type RuleGroup, unreachable } from '../rule.js'
import { lossCodes } from './loss-codes.js'

const measured = 'measured with Node.js 20.20 and mysql2 3.24.5'
const libuv = 'libuv error list'

/** What the operating system and Node say. */
export const socketErrors: RuleGroup = {
  title: 'The operating system says so',
  intro: 'Codes of libuv, of the resolver and of streams.',
  rules: [
    {
      id: 'dns.not-found',
      match: {
        code: [
          'ENOTFOUND',
          'EAI_AGAIN',
          'EAI_FAIL',
          'EAI_NODATA',
          'EAI_NONAME',
          'ESERVFAIL',
          'ENODATA',
          'ETIMEOUT',
        ],
      },
      verdict: unreachable,
      note: 'The host name could not be looked up. Names come and go during a failover, so it is tried again until the deadline.',
      source: `${measured}; c-ares error list`,
    },
    {
      id: 'socket.out-of-descriptors',
      match: { code: ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'] },
      verdict: { ...unreachable, kind: 'overloaded' },
      note: 'This process or this host has no descriptor or memory left for a socket. The database is not to blame; trying fast makes it worse.',
      source: libuv,
    },
    {
      id: 'socket.not-permitted',
      match: { phase: 'connect', code: ['EACCES', 'EPERM'] },
      verdict: accessRefused,
      note: 'The operating system does not let this process connect there, e.g. to the socket file.',
      source: libuv,
    },
    {
      id: 'socket.refused',
      match: { code: ['ECONNREFUSED'] },
      verdict: unreachable,
      note: 'Nothing listens there: the server is down, or a firewall refuses.',
      source: measured,
    },
    {
      id: 'socket.connect-failed',
      match: { phase: 'connect', code: [...lossCodes, 'EADDRNOTAVAIL', 'ENOENT', 'ECANCELED'] },
      verdict: unreachable,
      note: 'No link came about: no way to the host, no socket file, no answer in time, or cut before the login was done.',
      source: measured,
    },
    {
      id: 'socket.connect-syscall',
      match: { syscall: ['connect', 'getaddrinfo'] },
      verdict: unreachable,
      note: 'Any other failure of connecting.',
      source: libuv,
    },
    {
      id: 'socket.lost',
      match: { code: lossCodes },
      verdict: linkLost,
      note: 'An open link is gone. Whether the statement was sent is for the evidence to say; a `write` among these is proof only for the statement that was being written (`write-failed`), as drivers give one error to all.',
      source: measured,
    },
    {
      id: 'socket.lost-syscall',
      match: { syscall: ['read', 'write', 'shutdown'] },
      verdict: linkLost,
      note: 'Any other failure of an open socket.',
      source: libuv,
    },
  ],
}
