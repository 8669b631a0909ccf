/** What an error says became of the work that it ended. */
export type Reported = 'no' | 'yes' | 'unknown'

/** What was seen of an error that reached the application. */
export interface ErrorSeen {
  readonly name: string
  readonly message: string
  readonly code: string | undefined
  readonly errno: number | undefined
  /** One of Comeback's, by `instanceof` on what the application caught. */
  readonly ours: boolean
  /** The application's own, the very object that it threw. */
  readonly own: boolean
  /** The server's word about a statement, with a number that does not mean a loss. */
  readonly servers: boolean
  readonly reported: Reported
}

/** What was seen of one thing that the application did. */
export interface TaskSeen {
  readonly name: string
  /** Undefined for a read. How often the work is in the database: 0, 1, 2 …; NaN where a part of it is. */
  readonly executions: number | undefined
  readonly settled: 'resolved' | 'rejected' | 'pending'
  readonly elapsedMs: number
  /** What was wrong with the answer. */
  readonly wrongAnswer: string | undefined
  readonly error: ErrorSeen | undefined
  /** The application threw an error of its own, and must catch that and no other. */
  readonly threw: boolean
  /** The journal shows a decisive request whose answer did not wholly reach the client. */
  readonly unanswered: boolean
}

/** What was seen at one point of the sweep. */
export interface Observation {
  readonly point: string
  /** Whether the fault struck: a packet that is there in one run may be missing in another. */
  readonly hit: boolean
  readonly tasks: readonly TaskSeen[]
  /** The statements after the fault, each of which must succeed: what became of those that did not. */
  readonly failuresAfter: readonly string[]
  /** Links that the client had open afterwards, each in words, and how many it may have. */
  readonly links: readonly string[]
  /**
   * Threads that the server had for it while all slots were asked for, each in words, but for those that nobody could tell to go.
   * Undefined if nobody looked.
   */
  readonly threads?: readonly string[]
  readonly slots: number
  /** Whether the client could be closed. */
  readonly closed: boolean
  /** Unhandled rejections, uncaught exceptions, warnings, whatever was printed. */
  readonly noise: readonly string[]
  /** Timers, sockets, listeners and other objects that were still there when all was over. */
  readonly leftovers: readonly string[]
  readonly elapsedMs: number
}
