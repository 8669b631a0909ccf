import type { LinkSupervisor } from '../supervisor/link-supervisor.js'

/**
 * Who keeps a session while it is idle: the application itself, which always has it in hand; mysql2's pool, which must be told
 * by events when it dies; or an ORM's own pool, which asks before it hands a session out.
 */
export type SessionKeeper = 'application' | 'mysql2-pool' | 'orm-pool'

export interface SessionSettings {
  readonly supervisor: LinkSupervisor
  readonly keeper: SessionKeeper
  /** How long it waits for its first link, where that is less than the policy allows for: there may be others to turn to. */
  readonly firstLinkMs?: (() => number) | undefined
}

/**
 * Where a session stands with its link. `opening` the first one is on its way; `open` statements go straight to it;
 * `looking` it is being peeked at or pinged; `releasing` what was held is being sent; `lost` it died and nothing has been asked of the session since;
 * `reopening` the next one is on its way; `closed` by the application. In all but `open`, commands are held.
 */
export type Gate = 'opening' | 'open' | 'looking' | 'releasing' | 'lost' | 'reopening' | 'closed'
