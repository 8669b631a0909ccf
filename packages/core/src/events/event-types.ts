import type { BaggageKind } from '../statement/statement-facts.js'

/** What a session event says of its session. */
type OfSession = {
  /** Number of the session within its pool. */
  readonly session: number
  /** The server's number for the link's thread, where a link had logged in. */
  readonly threadId?: number | undefined
}

/** What an error event says of its error: never a message, which may hold SQL or values. */
type OfError = {
  /** The driver's symbolic code. */
  readonly code?: string | undefined
  /** The server's number, or the operating system's (negative). */
  readonly errno?: number | undefined
  /** The row of the classification that decided. */
  readonly rule?: string | undefined
}

/** What a statement event says of its statement: its first keyword, never more of it. */
type OfStatement = {
  readonly verb?: string | undefined
}

/** What each event carries beyond its type, its pool and its time. No SQL, no values. */
export type EventFields = {
  /** A link of a session is gone. */
  'link-lost': OfSession & OfError & OfStatement & { readonly idleMs?: number | undefined }
  /** A session has a new link, with its state restored. */
  reopened: OfSession & { readonly attempts?: number | undefined; readonly elapsedMs: number }
  /** A statement is sent again. */
  resend: OfSession & OfError & OfStatement & { readonly attempt: number; readonly reason: string }
  /** A caller's `verify` has said whether a statement took effect. */
  verified: OfSession & OfStatement & { readonly executed: boolean }
  /** A write was lost outside a transaction, and nobody knows whether it ran. */
  'outcome-unknown': OfSession & OfError & OfStatement
  /** An open transaction was lost with its link. */
  'lost-transaction': OfSession &
    OfError & {
      readonly outcome: 'committed' | 'rolled-back' | 'unknown'
      readonly phase?: string | undefined
      readonly statements: number
    }
  /** A session was lost with state that no new link can be given. */
  'session-lost': OfSession & OfError & { readonly baggage: readonly BaggageKind[] }
  /** A session was used from where it does not belong. */
  shared: OfSession & { readonly conflict: 'process' | 'thread' | 'async-context'; readonly refused: boolean }
  /** A statement was given up before it had settled. */
  abandoned: OfSession & OfStatement & { readonly reason: string }
  /** An abandoned statement was looked for on the server: `gone` when it had ended by itself. */
  killed: { readonly threadId: number; readonly result: 'killed' | 'gone' | 'failed' }
  /** All links opened or vetted before now are to be looked at before their next use. */
  suspect: {
    readonly reason: SuspicionReason
    readonly generation: number
    readonly gapMs?: number | undefined
  }
  /** The database can not be reached; unsent work waits for it. */
  'outage-begin': OfError & { readonly kind: string }
  /** The database can be reached again. */
  'outage-end': { readonly durationMs: number; readonly attempts: number; readonly waiting: number }
  /** A caller was told that no link could be had. */
  unavailable: OfError & { readonly reason: string; readonly waitedMs: number }
  /** The breaker has changed its state. */
  breaker: { readonly state: 'closed' | 'open' | 'half-open' }
  /** A new link leads to a server that was started anew, or to another one. */
  'server-changed': { readonly change: 'restarted' | 'other' }
  /** A statement was refused because the server died of it before. */
  quarantined: OfStatement & { readonly deaths: number }
}

/** The name of an event; its channel on `node:diagnostics_channel` is `comeback:` and the name. */
export type EventType = keyof EventFields

/** Why links became suspects. */
export type SuspicionReason = 'link-lost' | 'outage' | 'freeze' | 'server-changed' | 'wrong-server'

/** One event as subscribers get it. Its own: nobody else is given the same object to change. */
export type ComebackEvent<T extends EventType = EventType> = {
  [K in T]: {
    readonly type: K
    /** The policy's `name`. */
    readonly pool: string
    /** Milliseconds since 1970. */
    readonly at: number
  } & EventFields[K]
}[T]
