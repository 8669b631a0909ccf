/** Catches what nobody should hear: printed lines, warnings, rejections that nobody handles. */
export class Noise {
  #heard: string[] = []

  constructor() {
    for (const stream of [process.stdout, process.stderr]) {
      stream.write = (text: string | Uint8Array): boolean => {
        this.#hear('printed', text)
        return true
      }
    }
    process.on('warning', warning => this.#hear('warning', warning))
    process.on('unhandledRejection', reason => this.#hear('unhandled rejection', reason))
    process.on('uncaughtException', error => this.#hear('uncaught exception', error))
  }

  /** What was heard since the last time. */
  take(): readonly string[] {
    const heard = this.#heard
    this.#heard = []
    return heard
  }

  #hear(what: string, cause: unknown): void {
    const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    this.#heard.push(`${what}: ${text.trim().slice(0, 200)}`)
  }
}
