/** Catches what nobody should hear: printed lines, warnings, rejections that nobody handles. */
export class Noise {
  #heard: string[] = []
  readonly #undo: (() => void)[] = []

  constructor() {
    for (const stream of [process.stdout, process.stderr]) {
      const { write } = stream
      stream.write = (text: string | Uint8Array): boolean => {
        this.#hear('printed', text)
        return true
      }
      this.#undo.push(() => {
        stream.write = write
      })
    }
    this.#listen('warning', 'warning')
    this.#listen('unhandledRejection', 'unhandled rejection')
    this.#listen('uncaughtException', 'uncaught exception')
  }

  /** Lets everything be heard again. */
  stop(): void {
    for (const undo of this.#undo) undo()
  }

  /** What was heard since the last time. */
  take(): readonly string[] {
    const heard = this.#heard
    this.#heard = []
    return heard
  }

  #listen(event: 'warning' | 'unhandledRejection' | 'uncaughtException', what: string): void {
    const hear = (cause: unknown): void => this.#hear(what, cause)
    process.on(event, hear)
    this.#undo.push(() => process.off(event, hear))
  }

  #hear(what: string, cause: unknown): void {
    const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    this.#heard.push(`${what}: ${text.trim().slice(0, 200)}`)
  }
}
