/** Capability bits that change how the stream is to be read. */
const capability = {
  compress: 1 << 5,
  protocol41: 1 << 9,
  ssl: 1 << 11,
  deprecateEof: 1 << 24,
  optionalMetadata: 1 << 25,
  zstd: 1 << 26,
  queryAttributes: 1 << 27,
  /** MariaDB clears this bit to say that extended capabilities follow. */
  mysql: 1,
} as const

/** Extended capabilities of MariaDB. */
const cacheMetadata = 1 << 4

/** What the server says in its first packet. */
export interface Greeting {
  readonly serverVersion: string
  readonly threadId: number
  readonly capabilities: number
  readonly extendedCapabilities: number
}

/** What client and server agreed on, as far as it changes the stream. */
export interface Dialect {
  readonly deprecateEof: boolean
  readonly optionalMetadata: boolean
  readonly queryAttributes: boolean
}

/** Reads the server's greeting; undefined if it is none of protocol version 10. */
export function readGreeting(payload: Buffer): Greeting | undefined {
  const versionEnd = payload.indexOf(0, 1)
  if (payload[0] !== 10 || versionEnd < 0 || payload.length < versionEnd + 20) return undefined
  const at = versionEnd + 1
  const low = payload.readUInt16LE(at + 13)
  const high = payload.length >= at + 20 ? payload.readUInt16LE(at + 18) : 0
  const capabilities = low | (high << 16)
  const extended = (capabilities & capability.mysql) === 0 && payload.length >= at + 31
  return {
    serverVersion: payload.toString('latin1', 1, versionEnd),
    threadId: payload.readUInt32LE(at),
    capabilities,
    extendedCapabilities: extended ? payload.readUInt32LE(at + 27) : 0,
  }
}

/** What the client's first packet makes of the connection. */
export type Login =
  | { readonly readable: true; readonly compressed: boolean; readonly dialect: Dialect }
  | { readonly readable: false }

/** Reads the client's first packet. Not readable: it asks for TLS, or is none of protocol 4.1. */
export function readLogin(payload: Buffer, greeting: Greeting): Login {
  if (payload.length < 32) return { readable: false }
  const wished = payload.readUInt32LE(0)
  if ((wished & capability.protocol41) === 0) return { readable: false }
  if ((wished & capability.ssl) !== 0 && payload.length === 32) return { readable: false }
  const agreed = wished & greeting.capabilities
  const extended = (wished & capability.mysql) === 0 ? payload.readUInt32LE(28) : 0
  return {
    readable: true,
    compressed: (agreed & (capability.compress | capability.zstd)) !== 0,
    dialect: {
      deprecateEof: (agreed & capability.deprecateEof) !== 0,
      optionalMetadata:
        (agreed & capability.optionalMetadata) !== 0 ||
        (extended & greeting.extendedCapabilities & cacheMetadata) !== 0,
      queryAttributes: (agreed & capability.queryAttributes) !== 0,
    },
  }
}
