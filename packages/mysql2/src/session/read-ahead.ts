import { leavesNothing, type QuotingModes } from '@comeback/core'

/**
 * What a text leaves in the session is asked when its answer has come, while the caller waits; it is found out before, while the
 * server works. Of the statement that is under way only: what is queued behind it is asked in its turn.
 */
export class ReadAhead {
  /** Kept no longer than until the answer: texts can be long. */
  #sql: string | undefined = undefined
  #modes: QuotingModes | undefined = undefined
  #found = false

  /** Reads the text of a statement that has just been sent. */
  read(sql: string, modes: QuotingModes): void {
    this.#sql = sql
    this.#modes = modes
    this.#found = leavesNothing(sql, modes)
  }

  /** Whether a text leaves nothing, by `leavesNothing`, now that it has been answered. */
  leavesNothing(sql: string, modes: QuotingModes): boolean {
    if (sql !== this.#sql || modes !== this.#modes) return leavesNothing(sql, modes)
    this.#sql = undefined
    return this.#found
  }
}
