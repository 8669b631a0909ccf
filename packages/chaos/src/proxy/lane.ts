const fullBytes = 256 * 1024

/** What a lane tells its owner. */
export interface LaneListener<Item> {
  /** Handles one item; the next waits until this has settled. */
  handle(item: Item): Promise<void>
  /** Everything queued has been handled. */
  drained(): void
  /** More is queued than should be: the source is to pause; or that is over. */
  full(isFull: boolean): void
  /** Handling failed. The lane has stopped. */
  failed(error: unknown): void
}

/** One direction of a connection: what comes in is handled strictly in order, however long one item takes. */
export class Lane<Item> {
  readonly #listener: LaneListener<Item>
  readonly #queue: { readonly item: Item; readonly size: number }[] = []
  #queuedBytes = 0
  #isFull = false
  #running = false
  #stopped = false

  constructor(listener: LaneListener<Item>) {
    this.#listener = listener
  }

  /** Whether nothing is queued or being handled. */
  get empty(): boolean {
    return !this.#running && this.#queue.length === 0
  }

  push(item: Item, size: number): void {
    if (this.#stopped) return
    this.#queue.push({ item, size })
    this.#queuedBytes += size
    this.#reportFill()
    if (!this.#running) void this.#run()
  }

  /** Drops what is queued and all that follows. */
  stop(): void {
    this.#stopped = true
    this.#queue.length = 0
    this.#queuedBytes = 0
    this.#reportFill()
  }

  async #run(): Promise<void> {
    this.#running = true
    try {
      for (let next = this.#queue[0]; next && !this.#stopped; next = this.#queue[0]) {
        await this.#listener.handle(next.item)
        if (this.#queue[0] === next) this.#queue.shift()
        this.#queuedBytes -= this.#stopped ? 0 : next.size
        this.#reportFill()
      }
      this.#running = false
      this.#listener.drained()
    } catch (error) {
      this.#running = false
      this.stop()
      this.#listener.failed(error)
    }
  }

  #reportFill(): void {
    const isFull = this.#queuedBytes > fullBytes
    if (isFull === this.#isFull) return
    this.#isFull = isFull
    this.#listener.full(isFull)
  }
}
