import type { AdminLink } from '../sweep/admin-link.js'
import { wrongSum } from './bank.js'
import type { Entry, Ledger } from './ledger.js'

const everyMs = 400

/**
 * Looks into the tables while the load is on and the troubles happen: what has been acknowledged is there, once; the sum of the shared
 * accounts is what it was. What cannot be looked at because the server is away is looked at afterwards.
 */
export class Watch {
  readonly #admin: AdminLink
  readonly #ledger: Ledger
  readonly #tell: (problem: string, entry?: Entry) => void
  #checked = 0
  #isOver = false
  #looking: Promise<void>
  looks = 0

  constructor(admin: AdminLink, ledger: Ledger, tell: (problem: string, entry?: Entry) => void) {
    this.#admin = admin
    this.#ledger = ledger
    this.#tell = tell
    this.#looking = this.#go()
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await this.#looking
  }

  async #go(): Promise<void> {
    while (!this.#isOver) {
      await new Promise(resolve => setTimeout(resolve, everyMs))
      // It is away, or comes back; the end of the round looks at everything.
      await this.#look().catch(() => undefined)
    }
  }

  async #look(): Promise<void> {
    const sum = await wrongSum(this.#admin)
    if (sum !== undefined) this.#tell(sum)
    this.looks += 1
    for (; this.#checked < this.#ledger.entries.length; this.#checked += 1) {
      const entry = this.#ledger.entries[this.#checked] as Entry
      if (entry.ran.settled !== 'resolved') continue
      const executions = await entry.task.executions?.(this.#admin)
      if (executions === undefined || executions === 1) continue
      this.#tell(`${entry.task.name} was acknowledged and is there ${executions} times`, entry)
    }
  }
}
