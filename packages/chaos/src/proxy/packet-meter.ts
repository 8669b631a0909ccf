const headerLength = 4

/** Counts the packets that cross in one direction. One of 16 MB or more counts as several, as on the wire. */
export class PacketMeter {
  #packets = 0
  #sinceBorder = 0
  /** Bytes of the packet under way, header included; undefined until its header has crossed. */
  #size: number | undefined
  #header = 0

  /** Packets whose last byte has crossed. */
  get packets(): number {
    return this.#packets
  }

  /** Takes note of bytes that cross. */
  advance(bytes: Uint8Array): void {
    let offset = 0
    while (offset < bytes.length) offset += this.#step(bytes, offset)
  }

  /**
   * How many of the bytes cross until `bytesBehind` bytes have crossed behind the border of so many packets: 0 if that
   * is now or is over, Infinity if it is not within these bytes.
   */
  distance(packets: number, bytesBehind: number, bytes: Uint8Array): number {
    if (this.#packets > packets) return 0
    const ahead = this.#copy()
    let offset = 0
    while (ahead.#packets < packets && offset < bytes.length) offset += ahead.#step(bytes, offset)
    if (ahead.#packets < packets) return Number.POSITIVE_INFINITY
    return Math.max(0, offset + bytesBehind - ahead.#sinceBorder)
  }

  /** Goes on to the end of a header or of a packet, or of the bytes. */
  #step(bytes: Uint8Array, offset: number): number {
    let taken = 0
    while (this.#size === undefined && offset + taken < bytes.length) {
      const byte = bytes[offset + taken] as number
      if (this.#sinceBorder < 3) this.#header += byte * 2 ** (8 * this.#sinceBorder)
      this.#sinceBorder++
      taken++
      if (this.#sinceBorder === headerLength) this.#size = headerLength + this.#header
    }
    if (this.#size === undefined) return taken
    const body = Math.min(this.#size - this.#sinceBorder, bytes.length - offset - taken)
    this.#sinceBorder += body
    if (this.#sinceBorder === this.#size) {
      this.#packets++
      this.#sinceBorder = 0
      this.#size = undefined
      this.#header = 0
    }
    return taken + body
  }

  #copy(): PacketMeter {
    const copy = new PacketMeter()
    copy.#packets = this.#packets
    copy.#sinceBorder = this.#sinceBorder
    copy.#size = this.#size
    copy.#header = this.#header
    return copy
  }
}
