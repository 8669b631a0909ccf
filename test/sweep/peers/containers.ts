/** As many of a thing as may be used at once, each by one at a time, as a serverless platform hands out its containers. */
export class Containers<T> {
  readonly all: readonly T[]
  readonly #free: T[]
  readonly #waiting: ((one: T) => void)[] = []

  constructor(all: readonly T[]) {
    this.all = all
    this.#free = [...all]
  }

  /** Does the work with one of them, when one is free. */
  async lend<Result>(work: (one: T) => Promise<Result>): Promise<Result> {
    const one = this.#free.pop() ?? (await new Promise<T>(resolve => this.#waiting.push(resolve)))
    try {
      return await work(one)
    } finally {
      const next = this.#waiting.shift()
      if (next) next(one)
      else this.#free.push(one)
    }
  }
}
