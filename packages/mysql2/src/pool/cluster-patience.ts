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

/** Whether no node could be had, as opposed to one that refused the login. */
function isOutage(error: unknown): boolean {
  return isDatabaseUnavailable(error) || (error as NodeJS.ErrnoException).code === 'POOL_NONEONLINE'
}

/** Lets callers of a cluster wait for a node while there is none: mysql2's own fails at once, and each pool waits for itself only. */
export class ClusterPatience {
  readonly #options: PatienceOptions
  /** Callers that are being looked after, and when each will have waited long enough. */
  readonly #giveUpAt = new WeakMap<DriverCallback, number>()
  #waiting = 0

  constructor(options: PatienceOptions) {
    this.#options = options
  }

  /** Gives a namespace of mysql2's, through which all connections of a cluster are had, the patience. */
  give(namespace: DriverNamespace): void {
    const ask = namespace.getConnection
    namespace.getConnection = callback => {
      const giveUpAt = this.#giveUpAt.get(callback)
      if (giveUpAt === undefined) this.#askUntilThere(onAnswer => ask.call(namespace, onAnswer), callback)
      // mysql2 goes on to the next node by asking itself.
      else if (now() < giveUpAt) ask.call(namespace, callback)
      else callback(new DatabaseUnavailableError({ reason: 'deadline' }))
    }
  }

  #askUntilThere(ask: (callback: DriverCallback) => void, callback: DriverCallback): void {
    const { maxWaitMs, maxWaiting, isClosed } = this.#options
    const giveUpAt = now() + maxWaitMs
    const onAnswer: DriverCallback = (error, connection) => {
      const mayWait = Boolean(error) && isOutage(error) && !isClosed() && this.#waiting < maxWaiting
      if (!mayWait || now() + ASK_AGAIN_MS >= giveUpAt) callback(error, connection)
      else {
        this.#waiting += 1
        setTimeout(() => {
          this.#waiting -= 1
          ask(onAnswer)
        }, ASK_AGAIN_MS)
      }
    }
    this.#giveUpAt.set(onAnswer, giveUpAt)
    ask(onAnswer)
  }
}
