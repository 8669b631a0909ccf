import { DatabaseUnavailableError, isDatabaseUnavailable, systemClock } from '@comeback/core'
import type { DriverCallback, DriverNamespace } from '../driver/driver-types.js'

const { now, setTimeout } = systemClock

/** How soon it is asked again whether a node is there. mysql2's cluster tells nobody when one comes back. */
const ASK_AGAIN_MS = 50

/** What the wait for a node depends on. */
export interface PatienceOptions {
  /** How long a caller waits for a node. */
  readonly maxWaitMs: number
  /** How many callers may wait. */
  readonly maxWaiting: number
  readonly isClosed: () => boolean
}

/** Somebody who waits for a node. */
interface Caller {
  readonly giveUpAt: number
  /** Whether there was no node for him at once. */
  isLate: boolean
}

function isNoneOnline(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'POOL_NONEONLINE'
}

/** Lets callers of a cluster wait for a node while there is none: mysql2's own fails at once, and each pool waits for itself only. */
export class ClusterPatience {
  readonly #options: PatienceOptions
  readonly #callers = new WeakMap<DriverCallback, Caller>()
  #late = 0
  #lastFailure: unknown

  constructor(options: PatienceOptions) {
    this.#options = options
  }

  /** Whether there are callers for whom no node was to be had at once: then none is given up in haste. */
  get isTried(): boolean {
    return this.#late > 0
  }

  /** A node could not give a connection. mysql2 goes on to the next one and tells nobody why. */
  failed(error: unknown): void {
    this.#lastFailure = error
  }

  /** Gives a namespace of mysql2's, through which all connections of a cluster are had, the patience. */
  give(namespace: DriverNamespace): void {
    const ask = namespace.getConnection
    namespace.getConnection = callback => {
      const caller = this.#callers.get(callback)
      if (caller === undefined) this.#askUntilThere(onAnswer => ask.call(namespace, onAnswer), callback)
      // mysql2 goes on to the next node by asking itself.
      else if (now() < caller.giveUpAt) ask.call(namespace, callback)
      else callback(this.#unavailable())
    }
  }

  #askUntilThere(ask: (callback: DriverCallback) => void, callback: DriverCallback): void {
    const caller: Caller = { giveUpAt: now() + this.#options.maxWaitMs, isLate: false }
    const onAnswer: DriverCallback = (error, connection) => {
      if (error && this.#mayWait(caller, error)) {
        if (!caller.isLate) this.#late += 1
        caller.isLate = true
        setTimeout(() => ask(onAnswer), ASK_AGAIN_MS)
        return
      }
      if (caller.isLate) this.#late -= 1
      callback(caller.isLate && error && isNoneOnline(error) ? this.#unavailable() : error, connection)
    }
    this.#callers.set(onAnswer, caller)
    ask(onAnswer)
  }

  #mayWait({ giveUpAt, isLate }: Caller, error: unknown): boolean {
    const { maxWaiting, isClosed } = this.#options
    return (
      (isDatabaseUnavailable(error) || isNoneOnline(error)) &&
      !isClosed() &&
      (isLate || this.#late < maxWaiting) &&
      now() + ASK_AGAIN_MS < giveUpAt
    )
  }

  /** What a caller learns whose time is over: why the last node could not be had. */
  #unavailable(): unknown {
    const lastFailure = this.#lastFailure
    if (isDatabaseUnavailable(lastFailure)) return lastFailure
    return new DatabaseUnavailableError({ reason: 'deadline', lastFailure })
  }
}
