import { readLengthEncoded } from './length-encoded.js'

/** Bits of the server's status word. */
export const serverStatus = { moreResults: 0x0008, cursorExists: 0x0040 } as const

/** What an OK packet says. */
export interface OkPacket {
  readonly affectedRows: number
  readonly status: number
}

/** What an ERR packet says. */
export interface ErrPacket {
  readonly errno: number
  readonly sqlState: string | undefined
  readonly message: string
}

/** Reads an OK packet (header 0x00, or 0xfe where it stands for EOF); undefined if it is malformed. */
export function readOk(payload: Buffer): OkPacket | undefined {
  const affected = readLengthEncoded(payload, 1)
  const insertId = affected && readLengthEncoded(payload, affected.next)
  if (!insertId || insertId.next + 2 > payload.length) return undefined
  return { affectedRows: affected.value, status: payload.readUInt16LE(insertId.next) }
}

/** Reads the status word of an EOF packet; undefined if it is malformed. */
export function readEofStatus(payload: Buffer): number | undefined {
  return payload.length >= 5 ? payload.readUInt16LE(3) : undefined
}

/** Reads an ERR packet; undefined if it is malformed. */
export function readErr(payload: Buffer): ErrPacket | undefined {
  if (payload.length < 3 || payload[0] !== 0xff) return undefined
  const errno = payload.readUInt16LE(1)
  if (payload[3] !== 0x23) return { errno, sqlState: undefined, message: payload.toString('utf8', 3) }
  return { errno, sqlState: payload.toString('latin1', 4, 9), message: payload.toString('utf8', 9) }
}

/** Builds an ERR packet, header included. */
export function writeErr(sequenceId: number, error: ErrPacket): Buffer {
  const state = error.sqlState === undefined ? '' : `#${error.sqlState}`
  const text = Buffer.from(state + error.message, 'utf8')
  const packet = Buffer.alloc(7 + text.length)
  packet.writeUIntLE(3 + text.length, 0, 3)
  packet[3] = sequenceId & 0xff
  packet[4] = 0xff
  packet.writeUInt16LE(error.errno, 5)
  text.copy(packet, 7)
  return packet
}
