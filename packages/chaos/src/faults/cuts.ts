import { checkOptions, oneOf, optional, wholeNumber } from '../check-options.js'
import type {
  CutAfterForwardFault,
  CutFault,
  CutInsideAnswerFault,
  CutInsideRequestFault,
  CutOptions,
} from './fault.js'

const cutChecks = { how: optional(oneOf('fin', 'rst')), server: optional(oneOf('close', 'keep')) }

function cutDefaults(options: CutOptions): Required<CutOptions> {
  return { how: options.how ?? 'fin', server: options.server ?? 'close' }
}

/**
 * The connection ends here: at a command, before a byte of it reaches the server; at `connect`, before the greeting and
 * without a connection to the server; at `idle` and `stream`, at that moment.
 * @throws TypeError if an option is unknown or wrong.
 */
export function cut(options: CutOptions = {}): CutFault {
  checkOptions('cut', options, cutChecks)
  return Object.freeze({ kind: 'cut', ...cutDefaults(options) })
}

/**
 * The command reaches the server, but not a byte of the answer reaches the client.
 * @throws TypeError if an option is unknown or wrong.
 */
export function cutAfterForward(
  options: CutOptions & {
    /**
     * Whether to wait until the server has answered to the proxy, so that the command is known to be executed, before
     * the client is cut off. Without it the cut comes as soon as the request has left.
     * @defaultValue true
     */
    readonly executed?: boolean
  } = {},
): CutAfterForwardFault {
  checkOptions('cutAfterForward', options, { ...cutChecks, executed: optional(oneOf(true, false)) })
  return Object.freeze({
    kind: 'cutAfterForward',
    executed: options.executed ?? true,
    ...cutDefaults(options),
  })
}

/**
 * Half a request: the server receives the first bytes of the command, and never the last one.
 * @throws TypeError if an option is unknown or wrong.
 */
export function cutInsideRequest(
  options: CutOptions & {
    /** Bytes that reach the server, the packet's header of 4 included. At least 0; the last byte never does. */
    readonly afterBytes: number
  },
): CutInsideRequestFault {
  checkOptions('cutInsideRequest', options, { ...cutChecks, afterBytes: wholeNumber })
  return Object.freeze({
    kind: 'cutInsideRequest',
    afterBytes: options.afterBytes,
    ...cutDefaults(options),
  })
}

/**
 * Half an answer: the command is executed, the client receives the first bytes or rows, and never the answer's end.
 * @throws TypeError if an option is unknown or wrong.
 */
export function cutInsideAnswer(
  options: CutOptions &
    (
      | {
          /** Bytes of the answer that reach the client, headers included. At least 0; the last byte never does. */
          readonly afterBytes: number
        }
      | {
          /** Rows that reach the client, counted over all result sets. 0: the column definitions only. */
          readonly afterRows: number
        }
    ),
): CutInsideAnswerFault {
  const byRows = 'afterRows' in options
  checkOptions('cutInsideAnswer', options, {
    ...cutChecks,
    [byRows ? 'afterRows' : 'afterBytes']: wholeNumber,
  })
  return Object.freeze({
    kind: 'cutInsideAnswer',
    afterBytes: byRows ? undefined : options.afterBytes,
    afterRows: byRows ? options.afterRows : undefined,
    ...cutDefaults(options),
  })
}
