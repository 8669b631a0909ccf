/** A row of numbers for each moment; undefined where there was none to be had. */
export type Row = Readonly<Record<string, number | undefined>>

/**
 * Numbers over time in bounded memory: when there are too many, each two become one, of which the greater number is kept, so that no
 * peak is lost.
 */
export class Series {
  readonly #limit: number
  #rows: Row[] = []
  #perRow = 1
  #pending: Row[] = []

  constructor(limit = 4_000) {
    this.#limit = limit
  }

  get rows(): readonly Row[] {
    return this.#rows
  }

  add(row: Row): void {
    this.#pending.push(row)
    if (this.#pending.length < this.#perRow) return
    this.#rows.push(greatest(this.#pending))
    this.#pending = []
    if (this.#rows.length < this.#limit) return
    const all = this.#rows
    this.#rows = []
    for (let index = 0; index < all.length; index += 2) this.#rows.push(greatest(all.slice(index, index + 2)))
    this.#perRow *= 2
  }

  column(name: string): readonly (number | null)[] {
    return this.#rows.map(row => row[name] ?? null)
  }
}

function greatest(rows: readonly Row[]): Row {
  const result: Record<string, number | undefined> = {}
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      const sofar = result[name]
      result[name] = value === undefined ? sofar : Math.max(value, sofar ?? value)
    }
  }
  return result
}
