import { outsideFlows, systemClock } from '@comeback/core'
import type { DriverConfig } from '../driver/driver-types.js'
import { Link } from './link.js'
import { noAnswer } from './loss-reason.js'
import { takeReadyMade } from './ready-made-stream.js'

/**
 * Opens a link and resolves once it has logged in. It is given up after `timeoutMs` or when `signal` aborts, whatever
 * the server does meanwhile; `created` is told of it at once.
 */
export function openLink(
  config: DriverConfig,
  signal: AbortSignal | undefined,
  timeoutMs: number,
  created?: (link: Link) => void,
): Promise<Link> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    takeReadyMade(config)
    // A socket's callbacks run in the async context in which it was made: not in that of some statement.
    const link = outsideFlows(() => new Link(config))
    const settle = (): void => {
      systemClock.clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      link.removeListener('connect', onConnect)
      link.removeListener('error', onError)
    }
    const onConnect = (): void => {
      settle()
      resolve(link)
    }
    const onError = (error: unknown): void => {
      settle()
      link.stream.destroy()
      reject(error)
    }
    const onAbort = (): void => link.condemn(noAnswer('connect'))
    const timer = systemClock.setTimeout(onAbort, timeoutMs)
    link.once('connect', onConnect)
    link.once('error', onError)
    signal?.addEventListener('abort', onAbort, { once: true })
    created?.(link)
  })
}
