/** A length-encoded integer and the offset behind it. */
export interface LengthEncoded {
  readonly value: number
  readonly next: number
}

/** Reads a length-encoded integer; undefined if the bytes hold none. Values above 2^53 lose precision. */
export function readLengthEncoded(bytes: Buffer, offset: number): LengthEncoded | undefined {
  const first = bytes[offset]
  if (first === undefined || first === 0xfb || first === 0xff) return undefined
  if (first < 0xfb) return { value: first, next: offset + 1 }
  const width = first === 0xfc ? 2 : first === 0xfd ? 3 : 8
  if (offset + 1 + width > bytes.length) return undefined
  const value = width === 8 ? Number(bytes.readBigUInt64LE(offset + 1)) : bytes.readUIntLE(offset + 1, width)
  return { value, next: offset + 1 + width }
}
