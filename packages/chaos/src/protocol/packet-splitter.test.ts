import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PacketSplitter } from './packet-splitter.js'

const headLimit = 16
const full = 0xff_ff_ff

function wire(sequenceId: number, payload: Uint8Array): Buffer {
  const header = Buffer.from([0, 0, 0, sequenceId])
  header.writeUIntLE(payload.length, 0, 3)
  return Buffer.concat([header, payload])
}

function chunksOf(stream: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  let offset = 0
  for (let index = 0; offset < stream.length; index++) {
    const size = sizes[index % sizes.length] ?? 1
    chunks.push(stream.subarray(offset, offset + size))
    offset += size
  }
  return chunks
}

function packetsOf(chunks: readonly Buffer[]): unknown[] {
  const splitter = new PacketSplitter(headLimit)
  const fragments = chunks.flatMap(chunk => splitter.push(chunk))
  return fragments
    .filter(fragment => fragment.ends)
    .map(({ packet }) => ({ ...packet, head: packet.head.toString('hex') }))
}

describe('packet splitter', () => {
  const streams = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 60 })), { maxLength: 12 })
    .map(packets => Buffer.concat(packets.map(([id, payload]) => wire(id, payload))))
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 })

  it('gives the same packets however the stream is chunked', () => {
    fc.assert(
      fc.property(streams, sizes, (stream, cuts) => {
        expect(packetsOf(chunksOf(stream, cuts))).toEqual(packetsOf([stream]))
      }),
    )
  })

  it('gives back every byte of any stream, in order and at once', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), sizes, (bytes, cuts) => {
        const splitter = new PacketSplitter(headLimit)
        for (const chunk of chunksOf(Buffer.from(bytes), cuts)) {
          const fragments = splitter.push(chunk)
          expect(Buffer.concat(fragments.map(fragment => fragment.bytes))).toEqual(chunk)
        }
      }),
    )
  })

  it('marks where a packet begins and ends', () => {
    const splitter = new PacketSplitter(headLimit)
    const stream = Buffer.concat([wire(0, Buffer.from('abc')), wire(0, Buffer.alloc(0))])
    const fragments = [...splitter.push(stream.subarray(0, 5)), ...splitter.push(stream.subarray(5))]
    expect(fragments.map(({ begins, ends }) => [begins, ends])).toEqual([
      [true, false],
      [false, true],
      [true, true],
    ])
  })

  it('takes wire packets of 16 MB - 1 and their rest for one packet', () => {
    const big = wire(0, Buffer.alloc(full, 1))
    const rest = wire(1, Buffer.from('rest'))
    const next = wire(0, Buffer.from('next'))
    expect(packetsOf(chunksOf(Buffer.concat([big, rest, next]), [65_536]))).toEqual([
      { sequenceId: 0, lastSequenceId: 1, length: full + 4, head: '01'.repeat(headLimit) },
      { sequenceId: 0, lastSequenceId: 0, length: 4, head: Buffer.from('next').toString('hex') },
    ])
  })

  it('ends a packet of exactly 16 MB - 1 at the empty wire packet behind it', () => {
    const stream = Buffer.concat([wire(0, Buffer.alloc(full)), wire(1, Buffer.alloc(0))])
    expect(packetsOf([stream])).toHaveLength(1)
  })
})
