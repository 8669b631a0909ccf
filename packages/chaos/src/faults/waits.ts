import { checkOptions, duration, oneOf, optional, positive } from '../check-options.js'
import type {
  CutHow,
  DelayFault,
  Direction,
  FreezeFault,
  HoldFault,
  SilenceFault,
  SlowFault,
} from './fault.js'

const directions = ['to-server', 'to-client', 'both'] as const

/**
 * Bytes vanish from here on and nobody is told: the sockets stay open until their owners close them, and even that
 * does not get through. At `connect` the server never greets.
 * @throws TypeError if an option is unknown or wrong.
 */
export function silence(
  options: {
    /**
     * Which bytes vanish. Only `to-client`: commands still reach the server and are executed.
     * @defaultValue 'both'
     */
    readonly direction?: Direction
  } = {},
): SilenceFault {
  checkOptions('silence', options, { direction: optional(oneOf(...directions)) })
  return Object.freeze({ kind: 'silence', direction: options.direction ?? 'both' })
}

/**
 * A slow link from here on.
 * @throws TypeError if an option is unknown or wrong.
 */
export function slow(options: {
  /** More than 0. */
  readonly bytesPerSecond: number
  /** @defaultValue 'both' */
  readonly direction?: Direction
}): SlowFault {
  checkOptions('slow', options, { bytesPerSecond: positive, direction: optional(oneOf(...directions)) })
  return Object.freeze({
    kind: 'slow',
    bytesPerSecond: options.bytesPerSecond,
    direction: options.direction ?? 'both',
  })
}

const waitChecks = { direction: optional(oneOf(...directions)), cut: optional(oneOf('fin', 'rst')) }

/** What `delay` and `hold` have in common. */
export interface WaitOptions {
  /**
   * What waits: the command on its way to the server, its answer on the way back, or both one after the other.
   * @defaultValue 'to-server'
   */
  readonly direction?: Direction
  /**
   * Cuts the client's side at once, while the command waits and reaches the server later: a COMMIT that arrives when
   * its sender has long given up. Without it the client stays connected.
   */
  readonly cut?: CutHow
}

/**
 * The command, and all behind it, arrives late. What the client sent arrives even if the client has gone meanwhile.
 * @throws TypeError if an option is unknown or wrong.
 */
export function delay(
  options: WaitOptions & {
    /** Milliseconds, at least 0. */
    readonly ms: number
  },
): DelayFault {
  checkOptions('delay', options, { ...waitChecks, ms: duration })
  return Object.freeze({
    kind: 'delay',
    ms: options.ms,
    direction: options.direction ?? 'to-server',
    cut: options.cut,
  })
}

/**
 * The command, and all behind it, waits until `release()` of the returned fault is called.
 * @throws TypeError if an option is unknown or wrong.
 */
export function hold(options: WaitOptions = {}): HoldFault {
  checkOptions('hold', options, waitChecks)
  let release = (): void => {}
  const released = new Promise<void>(resolve => {
    release = resolve
  })
  return Object.freeze({
    kind: 'hold',
    direction: options.direction ?? 'to-server',
    cut: options.cut,
    released,
    release,
  })
}

/** The whole proxy stands still, as a stopped server does, until `proxy.thaw()`: nothing is lost, nothing moves. */
export function freeze(): FreezeFault {
  return Object.freeze({ kind: 'freeze' })
}
