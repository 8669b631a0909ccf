import type { Evidence } from '../classification/verdict.js'
import { brandClass } from './brand.js'
import { ComebackError, type ComebackErrorOptions } from './comeback-error.js'
import { codeOf } from './loss.js'

/** What a {@link PacketTooLargeError} is made of. */
export interface PacketTooLargeErrorOptions extends ComebackErrorOptions {
  /** Size of the request in bytes. */
  readonly packetBytes: number
  /** The server's `max_allowed_packet` in bytes, where it is known. */
  readonly maxAllowedPacket?: number
  /** Rows of the INSERT, where they could be counted. */
  readonly rows?: number
  /** Default: `queued-never-sent` without a cause (refused before sending), else `write-failed`. */
  readonly evidence?: Evidence
}

const advise = (rows: number | undefined): string =>
  rows !== undefined && rows > 1
    ? 'Insert fewer rows with each statement, or raise max_allowed_packet on the server.'
    : 'Send less with one statement, or raise max_allowed_packet on the server.'

/**
 * The request is larger than the server takes. It was not executed, and it never will be: it is not sent again.
 * The server closes the connection on such a request, so the link is lost unless it was refused before sending.
 */
export class PacketTooLargeError extends ComebackError {
  /** Tells the class apart from its siblings in a `switch`. */
  declare readonly name: 'PacketTooLargeError'
  /** A server never runs a request that is too large. */
  declare readonly executed: 'no'
  /** Size of the request in bytes. */
  readonly packetBytes: number
  /** The server's `max_allowed_packet` in bytes, where it is known. */
  declare readonly maxAllowedPacket?: number
  /** Rows of the INSERT, where they could be counted. */
  declare readonly rows?: number

  static {
    brandClass(PacketTooLargeError.prototype, 'PacketTooLargeError')
  }

  /** Made by the layers of Comeback; an application only reads it. */
  constructor(options: PacketTooLargeErrorOptions) {
    const { packetBytes, maxAllowedPacket, rows } = options
    const sent = options.cause !== undefined
    const advice = advise(rows)
    const limit =
      maxAllowedPacket === undefined ? 'max_allowed_packet' : `max_allowed_packet, ${maxAllowedPacket} bytes`
    const size = `${packetBytes} bytes${rows === undefined ? '' : ` with ${rows} rows`}`
    super(
      {
        code: codeOf(options.cause) ?? 'ER_NET_PACKET_TOO_LARGE',
        errno: 1153,
        symbol: 'ER_NET_PACKET_TOO_LARGE',
        sqlState: '08S01',
        fatal: sent,
        evidence: options.evidence ?? (sent ? 'write-failed' : 'queued-never-sent'),
        executed: 'no',
        advice,
        message: `A request of ${size} is larger than the server takes (${limit}) [ER_NET_PACKET_TOO_LARGE 1153]. It was not executed. ${advice}`,
      },
      options,
    )
    this.packetBytes = packetBytes
    if (maxAllowedPacket !== undefined) this.maxAllowedPacket = maxAllowedPacket
    if (rows !== undefined) this.rows = rows
  }
}
