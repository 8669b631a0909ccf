/** Errors that nobody catches while a library goes through an outage: they end a process that does not listen for them. */
export class Uncaught implements Disposable {
  #count = 0
  readonly #note = (): void => {
    this.#count += 1
  }

  constructor() {
    process.on('uncaughtException', this.#note)
    process.on('unhandledRejection', this.#note)
  }

  get count(): number {
    return this.#count
  }

  [Symbol.dispose](): void {
    process.off('uncaughtException', this.#note)
    process.off('unhandledRejection', this.#note)
  }
}
