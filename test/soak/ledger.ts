import type { Ran } from '../sweep/observe.js'
import type { Task } from '../sweep/tasks.js'
import type { Excuse } from './excuse.js'
import type { PlannedTask } from './work.js'

/** One task that was done, and how it ended for the application. */
export interface Entry {
  readonly stack: string
  readonly planned: PlannedTask
  readonly task: Task
  /** Milliseconds since the soak began. */
  readonly beganAtMs: number
  readonly ran: Ran
  /** Why its outcome could not be known, where that is not in the journal. */
  readonly excuse: Excuse | undefined
}

/** How many tasks ended how. */
export interface Endings {
  acknowledged: number
  /** An error that says that nothing was done, or that is about a read. */
  failed: number
  /** An honest "nobody can know". */
  unknown: number
  /** The application's own errors, which it caught again. */
  own: number
  hung: number
}

export const noEndings = (): Endings => ({ acknowledged: 0, failed: 0, unknown: 0, own: 0, hung: 0 })

function endingOf({ task, ran: { settled, error } }: Entry): keyof Endings {
  if (settled === 'pending') return 'hung'
  if (!error) return 'acknowledged'
  if (error.own) return 'own'
  return error.reported === 'unknown' && task.decidedBy !== undefined ? 'unknown' : 'failed'
}

/** What the applications were told in this round, and the figures of all rounds. */
export class Ledger {
  readonly total: Endings = noEndings()
  /** How often each error was seen, in short words. */
  readonly errors: Map<string, number> = new Map()
  readonly excuses: Record<Excuse, number> = { vanished: 0, crossed: 0 }
  longestMs = 0
  #entries: Entry[] = []
  #lately: Endings = noEndings()
  #latelyLongestMs = 0

  get entries(): readonly Entry[] {
    return this.#entries
  }

  add(entry: Entry): void {
    this.#entries.push(entry)
    const ending = endingOf(entry)
    this.total[ending] += 1
    this.#lately[ending] += 1
    if (entry.excuse) this.excuses[entry.excuse] += 1
    const { elapsedMs, error } = entry.ran
    this.longestMs = Math.max(this.longestMs, elapsedMs)
    this.#latelyLongestMs = Math.max(this.#latelyLongestMs, elapsedMs)
    if (!error || error.own) return
    const word = `${error.name} ${error.code ?? error.errno ?? ''}`.trim()
    this.errors.set(word, (this.errors.get(word) ?? 0) + 1)
  }

  /** What has been added since this was last asked. */
  takeLately(): { readonly endings: Endings; readonly longestMs: number } {
    const lately = { endings: this.#lately, longestMs: this.#latelyLongestMs }
    this.#lately = noEndings()
    this.#latelyLongestMs = 0
    return lately
  }

  /** Forgets what has been checked, so that the soak itself does not grow. */
  forget(): void {
    this.#entries = []
  }
}
