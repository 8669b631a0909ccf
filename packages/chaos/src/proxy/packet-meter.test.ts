import { describe, expect, it } from 'vitest'
import { PacketMeter } from './packet-meter.js'

const packet = (size: number): Buffer => Buffer.concat([Buffer.from([size, 0, 0, 0]), Buffer.alloc(size, 7)])
const stream = Buffer.concat([packet(3), packet(0), packet(200)])

describe('packet meter', () => {
  it('counts whole packets, however they are cut into chunks', () => {
    for (let size = 1; size <= stream.length; size++) {
      const meter = new PacketMeter()
      for (let at = 0; at < stream.length; at += size) meter.advance(stream.subarray(at, at + size))
      expect(meter.packets).toBe(3)
    }
  })

  it('does not count a packet whose last byte is missing', () => {
    const meter = new PacketMeter()
    meter.advance(stream.subarray(0, 6))
    expect(meter.packets).toBe(0)
    meter.advance(stream.subarray(6, 7))
    expect(meter.packets).toBe(1)
  })

  it('tells how far a border is, and a place behind it', () => {
    const meter = new PacketMeter()
    expect(meter.distance(0, 0, stream)).toBe(0)
    expect(meter.distance(0, 5, stream)).toBe(5)
    expect(meter.distance(1, 0, stream)).toBe(7)
    expect(meter.distance(2, 9, stream)).toBe(20)
    expect(meter.distance(3, 0, stream)).toBe(stream.length)
    expect(meter.distance(4, 0, stream)).toBe(Number.POSITIVE_INFINITY)
  })

  it('tells it from within a packet as well', () => {
    const meter = new PacketMeter()
    meter.advance(stream.subarray(0, 9))
    const rest = stream.subarray(9)
    expect(meter.distance(0, 0, rest)).toBe(0)
    expect(meter.distance(1, 4, rest)).toBe(2)
    expect(meter.distance(1, 1, rest)).toBe(0)
    expect(meter.distance(2, 0, rest)).toBe(2)
    expect(meter.packets).toBe(1)
  })

  it('reads all three bytes of a length', () => {
    const meter = new PacketMeter()
    const large = Buffer.concat([Buffer.from([1, 1, 1, 0]), Buffer.alloc(0x01_01_01)])
    expect(meter.distance(1, 0, large)).toBe(large.length)
  })
})
