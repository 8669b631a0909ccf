import type { Socket } from 'node:net'
import type { CutHow } from '../faults/fault.js'

/** What one side of a connection tells. */
export interface SideListener {
  data(chunk: Buffer): void
  /** The peer says no more, or has gone. Told once. */
  gone(how: CutHow, error: NodeJS.ErrnoException | undefined): void
  /** Nothing is left of the socket. */
  closed(): void
}

/** One side of a connection: the client's socket or the server's. */
export class Side {
  readonly socket: Socket
  #gone = false
  #closed = false

  constructor(socket: Socket, listener: SideListener) {
    this.socket = socket
    const gone = (how: CutHow, error?: NodeJS.ErrnoException): void => {
      if (this.#gone) return
      this.#gone = true
      listener.gone(how, error)
    }
    socket.on('data', (chunk: Buffer) => listener.data(chunk))
    socket.on('end', () => gone('fin'))
    socket.on('error', error => gone('rst', error))
    socket.on('close', () => {
      this.#closed = true
      gone('fin')
      listener.closed()
    })
  }

  /** Whether the peer says no more. */
  get gone(): boolean {
    return this.#gone
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Says no more to the peer: behind what was written, or at once. */
  end(how: CutHow): void {
    if (how === 'rst') this.socket.resetAndDestroy()
    else this.socket.end()
  }

  /** Stops or goes on reading. */
  hold(isFull: boolean): void {
    if (isFull) this.socket.pause()
    else this.socket.resume()
  }
}
