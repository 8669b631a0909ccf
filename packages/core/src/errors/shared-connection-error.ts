import { brandClass } from './brand.js'
import { ComebackError, type ComebackErrorOptions } from './comeback-error.js'

/** Who uses a connection that is not theirs: another process, another thread, or another flow of this one. */
export type SharingConflict = 'process' | 'thread' | 'async-context'

/** What a {@link SharedConnectionError} is made of. */
export interface SharedConnectionErrorOptions extends ComebackErrorOptions {
  /** Who used the connection. */
  readonly conflict: SharingConflict
  /** Where the owner took the connection or began its transaction. */
  readonly ownerStack?: string
  /** Where the other one used it. */
  readonly otherStack?: string
}

const whats = {
  process: 'A connection that belongs to another process was used',
  thread: 'A connection that belongs to another thread was used',
  'async-context': 'A statement was sent into a transaction that belongs to another flow of the program',
} as const

const advices = {
  process: 'Open a pool in each process, after it was forked.',
  thread: 'Open a pool in each worker thread.',
  'async-context':
    'Take a connection of its own for each flow, and await every statement of a transaction within it; both stacks are on this error.',
} as const

/** A connection was used by somebody who does not own it. The statement was refused before a byte was sent. */
export class SharedConnectionError extends ComebackError {
  /** Tells the class apart from its siblings in a `switch`. */
  declare readonly name: 'SharedConnectionError'
  /** The statement was refused. */
  declare readonly executed: 'no'
  /** Who used the connection. */
  readonly conflict: SharingConflict
  /** Where the owner took the connection or began its transaction. */
  declare readonly ownerStack?: string
  /** Where the other one used it. */
  declare readonly otherStack?: string

  static {
    brandClass(SharedConnectionError.prototype, 'SharedConnectionError')
  }

  /** Made by the layers of Comeback; an application only reads it. */
  constructor(options: SharedConnectionErrorOptions) {
    const { conflict, ownerStack, otherStack } = options
    const advice = advices[conflict]
    const message = `${whats[conflict]}. The statement was not sent; the owner goes on undisturbed. ${advice}`
    const code = 'ERR_COMEBACK_SHARED_CONNECTION'
    super({ code, fatal: false, evidence: 'queued-never-sent', executed: 'no', advice, message }, options)
    this.conflict = conflict
    if (ownerStack !== undefined) this.ownerStack = ownerStack
    if (otherStack !== undefined) this.otherStack = otherStack
  }
}
