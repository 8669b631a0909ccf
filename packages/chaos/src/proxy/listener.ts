import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

const relistenForMs = 2_000

/** Listens on a port, and can stop and begin again. */
export class Listener {
  readonly #host: string
  readonly #onSocket: (socket: Socket) => void
  #server: Server | undefined
  #port: number

  constructor(host: string, port: number, onSocket: (socket: Socket) => void) {
    this.#host = host
    this.#port = port
    this.#onSocket = onSocket
  }

  get port(): number {
    return this.#port
  }

  /** Listens. A port that another process holds for a moment is waited for. */
  async open(): Promise<void> {
    const giveUpAt = performance.now() + relistenForMs
    while (!this.#server) {
      try {
        this.#server = await this.#listen()
      } catch (error) {
        const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
        if (!taken || performance.now() > giveUpAt) throw error
        await wait(20)
      }
    }
  }

  /** Stops listening. Connections stay. */
  async close(): Promise<void> {
    this.#server?.close()
    this.#server = undefined
    await new Promise(resolve => setImmediate(resolve))
  }

  #listen(): Promise<Server> {
    return new Promise((resolve, reject) => {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, this.#onSocket)
      server.once('error', reject)
      server.listen({ host: this.#host, port: this.#port }, () => {
        server.off('error', reject)
        // A failing accept (too many open files) concerns one client, not the proxy.
        server.on('error', () => {})
        const address = server.address()
        if (typeof address === 'object' && address) this.#port = address.port
        resolve(server)
      })
    })
  }
}
