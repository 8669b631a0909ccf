import { bytes, checkOptions, oneOf, optional, positiveTwoBytes, sqlState, text } from '../check-options.js'
import type { CutHow, GarbageFault, InjectErrorFault } from './fault.js'
import { knownError } from './known-errors.js'

const endings = ['fin', 'rst', 'keep'] as const

/**
 * The client receives an ERR packet instead of the server's answer; at `connect`, instead of the greeting; at `idle`,
 * unasked, as a server does that closes a connection for inactivity.
 * @throws TypeError if an option is unknown or wrong.
 */
export function injectError(options: {
  /** Error number, 1 to 65535. */
  readonly errno: number
  /** Five characters. @defaultValue what servers send with this number, else 'HY000' */
  readonly sqlState?: string
  /** @defaultValue what servers send with this number, else 'Injected error' */
  readonly message?: string
  /**
   * What becomes of the connection behind the packet.
   * @defaultValue what servers do: 'fin' for 1040, 1053, 1129, 1130, 1152, 1927, 4031 and the like, else 'keep'
   */
  readonly ending?: CutHow | 'keep'
  /**
   * Whether the command is executed by the server all the same (its own answer is dropped).
   * @defaultValue false
   */
  readonly forward?: boolean
}): InjectErrorFault {
  checkOptions('injectError', options, {
    errno: positiveTwoBytes,
    sqlState: optional(sqlState),
    message: optional(text),
    ending: optional(oneOf(...endings)),
    forward: optional(oneOf(true, false)),
  })
  const known = knownError(options.errno)
  return Object.freeze({
    kind: 'injectError',
    errno: options.errno,
    sqlState: options.sqlState ?? known.sqlState,
    message: options.message ?? known.message,
    ending: options.ending ?? (known.closes ? 'fin' : 'keep'),
    forward: options.forward ?? false,
  })
}

/** A header that promises 15 MB, a sequence id out of order and bytes that are no answer. */
const nonsense: Uint8Array = Uint8Array.from({ length: 64 }, (_, index) => (index * 89 + 237) & 0xff)

/**
 * The client receives bytes that are no answer.
 * @throws TypeError if an option is unknown or wrong.
 */
export function garbage(
  options: {
    /** @defaultValue 64 bytes, always the same, with a header that promises 15 MB more */
    readonly bytes?: Uint8Array
    /**
     * What becomes of the connection behind the bytes.
     * @defaultValue 'keep'
     */
    readonly ending?: CutHow | 'keep'
    /**
     * Whether the command is executed by the server all the same (its own answer is dropped).
     * @defaultValue false
     */
    readonly forward?: boolean
  } = {},
): GarbageFault {
  checkOptions('garbage', options, {
    bytes: optional(bytes),
    ending: optional(oneOf(...endings)),
    forward: optional(oneOf(true, false)),
  })
  return Object.freeze({
    kind: 'garbage',
    bytes: options.bytes ?? nonsense,
    ending: options.ending ?? 'keep',
    forward: options.forward ?? false,
  })
}
