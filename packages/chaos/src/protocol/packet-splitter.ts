const headerLength = 4
const fullWirePacket = 0xff_ff_ff

/** One logical packet: several wire packets of 16 MB - 1 and a shorter one count as one. */
export interface Packet {
  /** Sequence id of its first wire packet. */
  sequenceId: number
  /** Sequence id of its last wire packet seen so far. */
  lastSequenceId: number
  /** The first bytes of the payload, up to the splitter's limit. */
  head: Buffer
  /** Payload bytes seen so far. */
  length: number
}

/** A stretch of the stream that lies within one packet, headers included. */
export interface Fragment {
  readonly bytes: Buffer
  readonly packet: Packet
  readonly begins: boolean
  readonly ends: boolean
}

/**
 * Finds packet borders in one direction of a connection. The bytes of all fragments, joined, are the stream itself;
 * nothing is held back, so a packet of any size crosses without being kept.
 */
export class PacketSplitter {
  readonly #headLimit: number
  readonly #header: Buffer = Buffer.alloc(headerLength)
  #headerFill = 0
  #remaining = 0
  #inBody = false
  #continues = false
  #packet: Packet | undefined

  constructor(headLimit: number) {
    this.#headLimit = headLimit
  }

  push(chunk: Buffer): Fragment[] {
    const fragments: Fragment[] = []
    let offset = 0
    while (offset < chunk.length) {
      const start = offset
      const begins = this.#packet === undefined
      this.#packet ??= { sequenceId: -1, lastSequenceId: -1, head: Buffer.alloc(0), length: 0 }
      const packet = this.#packet
      if (!this.#inBody) offset = this.#readHeader(chunk, offset, packet)
      if (this.#inBody) offset = this.#readBody(chunk, offset, packet)
      const wireEnds = this.#inBody && this.#remaining === 0
      const ends = wireEnds && !this.#continues
      if (wireEnds) this.#inBody = false
      if (ends) this.#packet = undefined
      fragments.push({ bytes: chunk.subarray(start, offset), packet, begins, ends })
    }
    return fragments
  }

  #readHeader(chunk: Buffer, from: number, packet: Packet): number {
    let offset = from
    while (this.#headerFill < headerLength && offset < chunk.length) {
      this.#header[this.#headerFill++] = chunk[offset++] as number
    }
    if (this.#headerFill < headerLength) return offset
    this.#headerFill = 0
    this.#inBody = true
    this.#remaining = this.#header.readUIntLE(0, 3)
    this.#continues = this.#remaining === fullWirePacket
    packet.lastSequenceId = this.#header[3] as number
    if (packet.sequenceId < 0) packet.sequenceId = packet.lastSequenceId
    return offset
  }

  #readBody(chunk: Buffer, offset: number, packet: Packet): number {
    const take = Math.min(this.#remaining, chunk.length - offset)
    const missing = this.#headLimit - packet.head.length
    if (missing > 0 && take > 0) {
      const part = chunk.subarray(offset, offset + Math.min(take, missing))
      packet.head = packet.head.length === 0 ? part : Buffer.concat([packet.head, part])
    }
    packet.length += take
    this.#remaining -= take
    return offset + take
  }
}
