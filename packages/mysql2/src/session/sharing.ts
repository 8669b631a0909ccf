import {
  followFlows,
  foreignUse,
  type ProcessStamp,
  processStamp,
  SharedConnectionError,
  type SharingConflict,
  TransactionOwner,
} from '@comeback/core'
import type { DriverCommand } from '../driver/driver-types.js'
import { closedByServer } from '../link/loss-reason.js'
import type { SessionCore } from './session-core.js'

const BEGINS = /^\s*(?:begin|start\s+transaction|xa\s+(?:start|begin))\b/i
const ENDS = /^\s*(?:commit|rollback(?!\s+(?:work\s+)?to\b))\b/i

const SMALL = 0x20
const LETTER = { a: 0x61, b: 0x62, c: 0x63, r: 0x72, s: 0x73, t: 0x74, x: 0x78, z: 0x7a } as const

/** Whether a text may begin as the patterns above do; most begin with other letters, which saves them the patterns. */
function mayControl(sql: string): boolean {
  // With this bit set, a capital letter becomes a small one.
  const first = sql.charCodeAt(0) | SMALL
  switch (first) {
    case LETTER.s:
      return (sql.charCodeAt(1) | SMALL) === LETTER.t
    case LETTER.b:
    case LETTER.c:
    case LETTER.r:
    case LETTER.x:
      return true
    default:
      return first < LETTER.a || first > LETTER.z
  }
}

/** Watches over who uses a session: which process and thread, and inside a transaction which flow of the program. */
export class SessionSharing {
  readonly #core: SessionCore
  #stamp: ProcessStamp = processStamp()
  readonly #owner = new TransactionOwner()

  constructor(core: SessionCore) {
    this.#core = core
    // A pool gives a connection to one flow at a time, and has many statements: there nothing is paid for telling flows apart.
    if (core.keeper === 'application') followFlows()
  }

  /** Called when a statement is issued, in the flow that issues it. An error means that it must not be sent. */
  refusal(command: DriverCommand): SharedConnectionError | undefined {
    const stranger = foreignUse(this.#stamp)
    if (stranger !== undefined) {
      // The socket is somebody else's: a COM_QUIT on it would end the owner's session.
      this.#core.link?.condemn(closedByServer())
      const refused = this.#report(stranger)
      // Whoever may go on does so with links of his own.
      if (refused === undefined) this.#stamp = processStamp()
      return refused
    }
    const { sql } = command
    if (sql === undefined) return undefined
    const refused = this.#owner.isActive ? this.#checkFlow() : undefined
    if (refused === undefined) this.#follow(sql)
    return refused
  }

  #checkFlow(): SharedConnectionError | undefined {
    const { keeper, isBusy } = this.#core
    const violation = this.#owner.check(keeper === 'application', isBusy)
    if (violation === undefined) return undefined
    const { ownerStack, otherStack } = violation
    return this.#report('async-context', { ownerStack, otherStack })
  }

  #follow(sql: string): void {
    if (!mayControl(sql)) return
    // A pool's connection has one flow at a time by its nature; where it began is told only for a connection of one's own.
    if (BEGINS.test(sql)) this.#owner.begin(this.#core.keeper === 'application')
    else if (this.#owner.isActive && ENDS.test(sql)) this.#owner.end()
  }

  #report(
    conflict: SharingConflict,
    stacks: { ownerStack?: string; otherStack?: string } = {},
  ): SharedConnectionError | undefined {
    const { supervisor, number, ring } = this.#core
    const refused = supervisor.policy.sharing === 'error'
    supervisor.events.publish('shared', { session: number, conflict, refused }, ring)
    if (refused) return new SharedConnectionError({ conflict, ...stacks, events: ring.recent() })
    process.emitWarning('A connection is used by somebody who does not own it', {
      type: 'SharedConnectionWarning',
      detail: `Taken by its owner:\n${stacks.ownerStack ?? ''}\nUsed:\n${stacks.otherStack ?? ''}`,
    })
    return undefined
  }

  /** The transaction is over without a word: lost, or given back to the pool. */
  end(): void {
    this.#owner.end()
  }
}
