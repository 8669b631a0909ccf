/** Settles with the promise; rejects with the signal's reason when that is aborted first. */
export function waitFor(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    promise.then(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, reject)
  })
}

/** Two of them guarantee that a client in this process has read what lay ready for it. */
export function turnOfEventLoop(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

/** Waits; rejects with the signal's reason when that is aborted first. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}

/** A gate that is open or shut; whoever comes while it is shut waits. */
export class Gate {
  #opened: Promise<void> | undefined
  #open: () => void = () => {}

  get shut(): boolean {
    return this.#opened !== undefined
  }

  close(): void {
    this.#opened ??= new Promise(resolve => {
      this.#open = resolve
    })
  }

  open(): void {
    this.#opened = undefined
    this.#open()
  }

  /** Rejects with the signal's reason when that is aborted first. */
  async pass(signal: AbortSignal): Promise<void> {
    while (this.#opened) await waitFor(this.#opened, signal)
  }
}
