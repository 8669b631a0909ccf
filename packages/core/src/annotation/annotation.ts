/** What a caller declares of one statement, or of all statements in a scope. */
export interface Annotation {
  /** Running it twice leaves the same data as running it once; it may be sent again after a loss with unknown outcome. */
  readonly idempotent?: boolean
  /** `false`: never send it a second time, not even when it is a read or provably unsent. */
  readonly retry?: boolean
  /**
   * Asked on a fresh link after a loss with unknown outcome. `true`: it took effect, and the statement resolves;
   * `false`: it did not, and is sent again.
   */
  readonly verify?: () => Promise<boolean>
  /** A caller's key under which a single write is run exactly once. Needs `writes: 'exactly-once'`. */
  readonly exactlyOnce?: string
  /** Milliseconds from the call until the statement must have settled; the statement is abandoned and killed then. */
  readonly deadlineMs?: number
  /** Abandons the statement when aborted. */
  readonly signal?: AbortSignal
}
