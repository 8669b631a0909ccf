import type { Socket } from 'node:net'
import type { SilenceFault, SlowFault } from '../faults/fault.js'
import type { Injection } from '../faults/fault-list.js'
import { PacketMeter } from './packet-meter.js'
import { type Gate, sleep, turnOfEventLoop } from './waiting.js'

const slicesPerSecond = 50
/** In which a peer that is alive will have read what was sent. */
const readingMs = 10

/** What an outlet asks of its connection. */
export interface OutletOwner {
  readonly frozen: Gate
  readonly signal: AbortSignal
  /** Faults that strike in this direction after a number of bytes or packets. */
  streamFaults(): readonly Injection[]
  /** Strikes; the outlet goes on when this has settled. */
  strikeStream(injection: Injection): Promise<void>
  /** So many whole packets have crossed. */
  crossed(packets: number): void
}

/** A fault, and how many bytes may cross before it strikes. */
interface NextFault {
  readonly injection: Injection
  readonly room: number
}

/** The last stage of one direction: everything that goes to a socket goes through here. */
export class Outlet {
  /** Bytes vanish. */
  silent = false
  /** Bytes trickle. */
  bytesPerSecond: number | undefined
  readonly #owner: OutletOwner
  #socket: Socket | undefined
  readonly #meter: PacketMeter = new PacketMeter()
  #crossed = 0
  #lastWriteAt = Number.NEGATIVE_INFINITY

  constructor(owner: OutletOwner, socket?: Socket) {
    this.#owner = owner
    this.#socket = socket
  }

  connect(socket: Socket): void {
    this.#socket = socket
  }

  /** Makes this direction worse from here on. */
  degrade(fault: SilenceFault | SlowFault): void {
    if (fault.kind === 'silence') this.silent = true
    else this.bytesPerSecond = fault.bytesPerSecond
  }

  /** Sends the bytes: whether all of them were given to the socket's kernel. */
  async send(bytes: Uint8Array): Promise<boolean> {
    let offset = 0
    do {
      await this.#owner.frozen.pass(this.#owner.signal)
      if (this.silent) return false
      const next = this.#nextStreamFault(bytes.subarray(offset))
      const room = next?.room ?? Number.POSITIVE_INFINITY
      if (next && room <= 0) {
        await this.#owner.strikeStream(next.injection)
        continue
      }
      const slice = this.bytesPerSecond
        ? Math.max(1, Math.floor(this.bytesPerSecond / slicesPerSecond))
        : room
      const part = bytes.subarray(offset, offset + Math.min(room, slice))
      offset += part.length
      if (!(await this.#write(part))) return false
      if (next && part.length >= room) await this.#owner.strikeStream(next.injection)
      if (this.bytesPerSecond) await sleep((part.length / this.bytesPerSecond) * 1_000, this.#owner.signal)
    } while (offset < bytes.length)
    return true
  }

  /** Sends bytes of the proxy's own, past all faults. */
  async inject(bytes: Uint8Array): Promise<void> {
    await this.#write(bytes)
  }

  /**
   * Gives the peer the time to read what was sent just now. A reset that catches up with bytes still unread is seen as
   * an orderly end by some clients, Node's sockets among them.
   */
  async letRead(): Promise<void> {
    if (performance.now() - this.#lastWriteAt > 2 * readingMs) return
    await sleep(readingMs, this.#owner.signal)
    await turnOfEventLoop()
    await turnOfEventLoop()
  }

  #nextStreamFault(bytes: Uint8Array): NextFault | undefined {
    let first: NextFault | undefined
    for (const injection of this.#owner.streamFaults()) {
      const room = this.#roomBefore(injection, bytes)
      if (room < (first?.room ?? Number.POSITIVE_INFINITY)) first = { injection, room }
    }
    return first
  }

  #roomBefore({ trigger: { afterBytes = 0, afterPackets } }: Injection, bytes: Uint8Array): number {
    if (afterPackets === undefined) return afterBytes - this.#crossed
    return this.#meter.distance(afterPackets, afterBytes, bytes)
  }

  #write(bytes: Uint8Array): Promise<boolean> {
    const socket = this.#socket
    if (!socket?.writable) return Promise.resolve(false)
    this.#crossed += bytes.length
    this.#meter.advance(bytes)
    this.#owner.crossed(this.#meter.packets)
    this.#lastWriteAt = performance.now()
    return new Promise(resolve => socket.write(bytes, error => resolve(!error)))
  }
}
