/** How many attempts to connect may be under way at once. */
export class ConnectWindow {
  readonly #most: number
  #size: number

  constructor(most: number) {
    this.#most = most
    this.#size = most
  }

  get size(): number {
    return this.#size
  }

  /** Whether fewer are allowed than in good times. */
  get isNarrow(): boolean {
    return this.#size < this.#most
  }

  /** One at a time, until one succeeds. */
  narrow(): void {
    this.#size = Math.min(1, this.#most)
  }

  /** One more after each success, which doubles their number with each round. */
  widen(): void {
    this.#size = Math.min(this.#most, this.#size + 1)
  }

  /** As many as in good times. */
  open(): void {
    this.#size = this.#most
  }
}
