import { isLostTransaction, isOutcomeUnknown } from '@comeback/core'
import type { Side, SideName } from './side.js'

/** How one piece of work ended, as its application was told. */
export type Ending = 'acknowledged' | 'unknown' | 'failed' | 'hung'

/** One piece of work: an order, a note or a look-up. */
export interface Work {
  readonly side: SideName
  readonly kind: 'order' | 'note' | 'look'
  readonly reference: string
  readonly startedAtMs: number
  endedAtMs: number | undefined
  ending: Ending | undefined
}

const KINDS: readonly Work['kind'][] = ['order', 'note', 'look']

/** Pause of a worker between two pieces of work. */
const PAUSE_MS = 12

function endingOf(error: unknown): Ending {
  const { outcome } = error as { outcome?: string }
  return isOutcomeUnknown(error) || (isLostTransaction(error) && outcome === 'unknown') ? 'unknown' : 'failed'
}

/** Workers that keep an application busy, and a book of what they were told. */
export class Load {
  readonly book: Work[] = []
  readonly #side: Side
  readonly #startMs: number
  readonly #workers: Promise<void>[] = []
  #isOver = false
  #count = 0

  constructor(side: Side, startMs: number) {
    this.#side = side
    this.#startMs = startMs
  }

  get pending(): number {
    return this.book.filter(({ ending }) => ending === undefined).length
  }

  start(workers: number): void {
    for (let n = 0; n < workers; n += 1) this.#workers.push(this.#work(n))
  }

  /** No new work; what is under way has `patienceMs` to end, then it counts as hung. */
  async finish(patienceMs: number): Promise<void> {
    this.#isOver = true
    const patience = new Promise(resolve => setTimeout(resolve, patienceMs).unref())
    await Promise.race([Promise.all(this.#workers), patience])
    for (const work of this.book) work.ending ??= 'hung'
  }

  async #work(worker: number): Promise<void> {
    for (let n = worker; !this.#isOver; n += 1) {
      await this.#run(KINDS[n % KINDS.length] ?? 'look')
      await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
    }
  }

  async #run(kind: Work['kind']): Promise<void> {
    this.#count += 1
    const { name, shop } = this.#side
    const reference = `${name}-${this.#count}`
    const startedAtMs = performance.now() - this.#startMs
    const work: Work = { side: name, kind, reference, startedAtMs, endedAtMs: undefined, ending: undefined }
    this.book.push(work)
    try {
      if (kind === 'order') await shop.takeOrder(reference)
      else if (kind === 'note') await shop.note(reference)
      else await shop.look(reference)
      work.ending ??= 'acknowledged'
    } catch (error) {
      work.ending ??= endingOf(error)
    }
    work.endedAtMs = performance.now() - this.#startMs
  }
}
