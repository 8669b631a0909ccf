import type { Clock } from '../liveness/clock.js'

/** What a {@link ConnectAttempt} is made of. */
export interface ConnectAttemptOptions<L> {
  readonly openLink: (signal: AbortSignal) => Promise<L>
  /** Closes a link that nobody wants any more. */
  readonly closeLink: (link: L) => void
  readonly timeoutMs: number
  readonly clock: Clock
  readonly onLink: (link: L) => void
  readonly onFailure: (error: unknown) => void
}

/** What an attempt that had no result in time fails with: what the operating system says in that case. */
const timedOut = (timeoutMs: number): Error =>
  Object.assign(new Error(`connect ETIMEDOUT: no login within ${Math.round(timeoutMs)} ms`), {
    code: 'ETIMEDOUT',
    syscall: 'connect',
  })

/**
 * One attempt to open a link. Ends in exactly one of `onLink`, `onFailure` or `abandon`, never before it has been returned, and in time
 * even if the port never answers; a link that comes later is closed.
 */
export class ConnectAttempt<L> {
  readonly #abort = new AbortController()
  #isOver = false
  readonly #end: () => void

  constructor(options: ConnectAttemptOptions<L>) {
    const { openLink, closeLink, timeoutMs, clock, onLink, onFailure } = options
    const timer = clock.setTimeout(() => {
      const error = timedOut(timeoutMs)
      if (this.#over()) {
        this.#abort.abort(error)
        onFailure(error)
      }
    }, timeoutMs)
    this.#end = () => {
      clock.clearTimeout(timer)
    }
    const opening = new Promise<L>(resolve => {
      resolve(openLink(this.#abort.signal))
    })
    opening.then(
      link => {
        if (this.#over()) onLink(link)
        else closeLink(link)
      },
      (error: unknown) => {
        if (this.#over()) onFailure(error)
      },
    )
  }

  /** Gives the attempt up. */
  abandon(): void {
    if (this.#over()) this.#abort.abort()
  }

  /** True the first time. */
  #over(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    this.#end()
    return true
  }
}
