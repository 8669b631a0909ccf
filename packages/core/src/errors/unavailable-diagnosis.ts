import { errorFacts } from '../classification/error-facts.js'

/** With the first words of the system's own text, which logs are searched for. */
const byCode: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'The host name was not found (DNS, getaddrinfo ENOTFOUND).'],
  ['EAI_AGAIN', 'The host name could not be looked up (DNS, getaddrinfo EAI_AGAIN).'],
  ['EAI_FAIL', 'The host name could not be looked up (DNS, getaddrinfo EAI_FAIL).'],
  ['ECONNREFUSED', 'Nothing accepts connections there, or a firewall refuses them (connect ECONNREFUSED).'],
  [
    'ETIMEDOUT',
    'The host did not answer in time: a firewall, a wrong address or an overloaded server (connect ETIMEDOUT).',
  ],
  ['EHOSTUNREACH', 'There is no way to the host (connect EHOSTUNREACH).'],
  ['ENETUNREACH', 'There is no way to the network of the host (connect ENETUNREACH).'],
  ['ENOENT', 'There is no such socket file (connect ENOENT).'],
  ['EMFILE', 'This process has as many files and sockets open as it may (EMFILE).'],
  ['PROTOCOL_CONNECTION_LOST', 'The connection was accepted and closed before the login was done.'],
])

const byNumber: ReadonlyMap<number, string> = new Map([
  [1040, 'The server has as many connections as it allows (1040).'],
  [1203, 'The user has as many connections as the server allows it (1203).'],
  [1226, 'The user has used up what the server allows it (1226).'],
  [1044, 'The user has no right to this database (1044).'],
  [1045, 'User name or password are wrong, or the host may not log in (1045).'],
  [1049, 'There is no such database (1049).'],
  [1129, 'The server has blocked this host after too many failed connections; FLUSH HOSTS frees it (1129).'],
  [1130, 'This host is not allowed to connect (1130).'],
  [1053, 'The server is shutting down (1053).'],
])

/** One sentence on why connecting fails, or nothing. Never the driver's message: that names users and hosts. */
export const diagnose = (failure: unknown): string | undefined => {
  if (failure === undefined) return undefined
  const { code, errno } = errorFacts(failure)
  return (
    (errno === undefined ? undefined : byNumber.get(errno)) ??
    (code === undefined ? undefined : byCode.get(code))
  )
}
