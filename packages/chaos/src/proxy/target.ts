import { connect, type Socket } from 'node:net'
import { checkOptions, optional, positiveTwoBytes, text } from '../check-options.js'

/** Where a server listens. */
export type ChaosTarget =
  | {
      /** @defaultValue '127.0.0.1' */
      readonly host?: string
      readonly port: number
    }
  | { readonly socketPath: string }

/** @throws TypeError if the target is wrong. */
export function checkTarget(target: ChaosTarget): void {
  const isSocket = typeof target === 'object' && target !== null && 'socketPath' in target
  checkOptions(
    'target',
    target,
    isSocket ? { socketPath: text } : { host: optional(text), port: positiveTwoBytes },
  )
}

/** Connects to the server. Its socket stays open for writing when the server says no more. */
export function connectTarget(target: ChaosTarget): Socket {
  const address =
    'socketPath' in target
      ? { path: target.socketPath }
      : { host: target.host ?? '127.0.0.1', port: target.port }
  return connect({ ...address, allowHalfOpen: true, noDelay: true })
}
