import { type ComebackEvent, type Policy, resolvePolicy, systemClock } from '@comeback/core'
import type { Connection, ConnectionOptions } from 'mysql2'
import { createSupervisedSession } from './create.js'
import { checkIn, checkOut, checkOutAtOnce, isExpired } from './session/checkout.js'
import { dispose } from './session/closing.js'
import { sessionCore } from './session/session-facade.js'
import { createLinkSupervisor } from './supervisor/link-supervisor.js'

/**
 * Sessions for a pool that is not mysql2's: the ORM's own. They share one supervisor, and the pool tells when a session
 * goes into use and comes back, so that an idle one that dies is reported dead and not revived.
 */
export interface SupervisedSessions {
  /** The policy as it was given. */
  readonly policy: Policy | undefined
  /**
   * Opens a session; it counts as in use until it is checked in.
   *
   * @param firstLinkMs - How long it waits for its first link, in milliseconds, where there are other servers to turn to. Default: as
   * long as the policy allows.
   */
  createConnection(options: ConnectionOptions | string, firstLinkMs?: number): Connection
  /**
   * Looks at an idle session and takes it into use; false if it is dead or too old and must be dropped. Answers at once
   * where no look is needed.
   */
  checkOut(connection: Connection): boolean | Promise<boolean>
  /** Puts a session back; false if it must be dropped. */
  checkIn(connection: Connection): boolean
  /** Whether a statement is under way on it. */
  isBusy(connection: Connection): boolean
  /** Ends a session at once, whatever it is doing; its socket is closed and its running statement is killed. */
  destroy(connection: Connection): void
  /** Opens no more links, and ends all waiting for one; sessions in use go on until they lose theirs. */
  stopOpening(): void
  /** The same, and nothing is looked after any more. */
  close(): void
}

/**
 * One supervisor and its sessions.
 *
 * @param policy - What Comeback may do; see `Policy` for every default.
 * @param listener - Given every event of these sessions, also those that nobody logs.
 * @param onFailure - Given every error before the caller of its statement is.
 * @throws ComebackConfigError when an option of the policy is unknown or wrong.
 */
export function supervise(
  policy?: Policy,
  listener?: (event: ComebackEvent) => void,
  onFailure?: (error: unknown) => void,
): SupervisedSessions {
  const supervisor = createLinkSupervisor(resolvePolicy(policy), listener)
  supervisor.onFailure = onFailure
  return {
    policy,
    createConnection: (options, firstLinkMs) =>
      createSupervisedSession(options, supervisor, firstLinkMs) as unknown as Connection,
    checkOut: connection => {
      const core = sessionCore(connection)
      const at = systemClock.now()
      if (core === undefined || isExpired(core, at)) return false
      return checkOutAtOnce(core, at) || new Promise(resolve => checkOut(core, resolve))
    },
    checkIn: connection => {
      const core = sessionCore(connection)
      return core !== undefined && checkIn(core)
    },
    isBusy: connection => sessionCore(connection)?.isBusy ?? false,
    destroy: connection => {
      const core = sessionCore(connection)
      if (core !== undefined) dispose(core)
    },
    stopOpening: () => supervisor.stopOpening(),
    close: () => supervisor.close(),
  }
}
