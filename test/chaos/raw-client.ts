import type { Connection } from 'mysql2/promise'
import { callbackFlavour } from './bed.js'

/** A logged-in connection from which mysql2 has been taken away: bytes in, bytes out. */
export interface RawClient {
  /** Sends commands in one go, without waiting for answers. */
  send(...payloads: readonly Buffer[]): void
  /** Waits until so many bytes have come, or all that will, and takes them. */
  receive(size: number): Promise<Buffer>
}

/** Takes over the socket of a connection that stock mysql2 has logged in. */
export function rawClient(client: Connection): RawClient {
  const { stream } = callbackFlavour(client) as unknown as { stream: import('node:net').Socket }
  for (const event of ['data', 'end', 'close', 'error']) stream.removeAllListeners(event)
  let received = Buffer.alloc(0)
  let ended = false
  let notice = (): void => {}
  stream.on('error', () => {})
  stream.on('close', () => {
    ended = true
    notice()
  })
  stream.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes])
    notice()
  })
  return {
    send: (...payloads) => {
      stream.write(Buffer.concat(payloads.map(packet)))
    },
    receive: async size => {
      while (received.length < size && !ended) {
        await new Promise<void>(resolve => {
          notice = resolve
        })
      }
      const taken = received.subarray(0, size)
      received = received.subarray(size)
      return taken
    },
  }
}

function packet(payload: Buffer): Buffer {
  const header = Buffer.alloc(4)
  header.writeUIntLE(payload.length, 0, 3)
  return Buffer.concat([header, payload])
}
