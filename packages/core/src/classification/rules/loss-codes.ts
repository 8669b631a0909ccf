/** Codes by which the operating system, Node or a driver says that an open link is gone. */
export const lossCodes: readonly string[] = [
  'PROTOCOL_CONNECTION_LOST',
  'ER_SOCKET_UNEXPECTED_CLOSE',
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ENETRESET',
  'ENOTCONN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EPROTO',
  'ERR_SOCKET_CLOSED',
  'ERR_SSL_*',
  'ERR_STREAM_*',
]
