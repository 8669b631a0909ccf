import {
  ComebackConfigError,
  outsideAnnotations,
  outsideTransactions,
  systemClock,
  typeOf,
} from '@comeback/core'
import type { DriverConfig } from '../driver/driver-types.js'
import { Link } from './link.js'
import { noAnswer } from './loss-reason.js'

const usedStreams = new WeakSet<object>()

/** A socket that was given ready-made has carried a link already; a second login on it would be taken for anything. */
function refuseUsed({ stream }: DriverConfig): void {
  if (typeof stream !== 'object' || stream === null) return
  if (usedStreams.has(stream)) {
    throw new ComebackConfigError({
      option: 'options.stream',
      problem: 'serves one connection, which is lost',
      received: typeOf(stream),
      choices: ['a function that opens a socket'],
    })
  }
  usedStreams.add(stream)
}

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
    refuseUsed(config)
    // A socket's callbacks run in the async context in which it was made: not in that of some statement.
    const link = outsideAnnotations(() => outsideTransactions(() => new Link(config)))
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
