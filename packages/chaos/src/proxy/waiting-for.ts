import type { JournalBook } from '../journal/journal.js'

/** How long to wait. */
export interface WaitLimit {
  /**
   * Milliseconds until the wait fails.
   * @defaultValue 5000
   */
  readonly timeoutMs?: number
}

const defaultTimeoutMs = 5_000

/** Settles when the predicate holds; rejects with the journal in the message when it does not hold in time. */
export function untilHolds(
  journal: JournalBook,
  what: string,
  predicate: () => boolean,
  { timeoutMs = defaultTimeoutMs }: WaitLimit,
  closed: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      stopListening()
      clearTimeout(timer)
      closed.removeEventListener('abort', onClosed)
      settle()
    }
    const check = (): void => {
      try {
        if (predicate()) finish(resolve)
      } catch (error) {
        finish(() => reject(error))
      }
    }
    const fail = (why: string): void =>
      finish(() => reject(new Error(`${what}: ${why}\n${journal.toText()}`)))
    const onClosed = (): void => fail('the proxy was closed first')
    const timer = setTimeout(() => fail(`not within ${timeoutMs} ms`), timeoutMs)
    const stopListening = journal.onChange(check)
    closed.addEventListener('abort', onClosed, { once: true })
    if (closed.aborted) onClosed()
    else check()
  })
}
