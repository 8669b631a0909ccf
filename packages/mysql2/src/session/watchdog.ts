import { systemClock } from '@comeback/core'
import type { DriverCommand } from '../driver/driver-types.js'
import { sqlOf } from '../link/command.js'
import type { Link } from '../link/link.js'
import { linkPing, linkQuery } from '../link/link-query.js'
import { closedByServer, deadlinePassed } from '../link/loss-reason.js'
import { threadMark } from '../supervisor/processlist.js'
import { abandonLink } from './abandon-link.js'
import type { SessionCore } from './session-core.js'

/** A link that was told goodbye has this long to close its socket; a server that is not there never does. */
const GOODBYE_MS = 1_000

/** A pooled session that has been idle for so long is asked for the server's `wait_timeout`, once for each pool. */
const ASK_AFTER_MS = 1_000

/**
 * Looks after one link, called by its supervisor's sweep every now and then, so that statements need no timers:
 * deadlines, silence, keepalive, and links that do not close.
 */
export class LinkWatch {
  readonly #core: SessionCore
  readonly #link: Link
  #running: DriverCommand | undefined
  #since = 0
  #ended = -1
  #bytes = -1
  #quietSince = 0
  #probing = false
  /** The statement of which the server has said that it is done, though no answer has been seen. */
  #answered: DriverCommand | undefined

  constructor(core: SessionCore, link: Link) {
    this.#core = core
    this.#link = link
  }

  tick(nowMs: number): void {
    const link = this.#link
    if (link.deathCause !== undefined || link.stream.destroyed) {
      this.#core.supervisor.unwatch(link)
      return
    }
    const running = link._command ?? undefined
    if (running === undefined) this.#idle(nowMs)
    else this.#busy(running, nowMs)
  }

  #idle(nowMs: number): void {
    const link = this.#link
    const { gate, supervisor } = this.#core
    this.#running = undefined
    const idleMs = nowMs - link.idleSince
    if (link._closing) {
      if (idleMs > GOODBYE_MS) link.stream.destroy()
    } else if (gate !== 'open') return
    else if (this.#mayAsk && idleMs > ASK_AFTER_MS) this.#askWaitTimeout()
    else if (nowMs - Math.max(link.idleSince, link.vettedAt) > supervisor.keepAliveEveryMs) this.#keepAlive()
  }

  /** Only a session that nobody has in hand is asked: a statement in between would change what FOUND_ROWS() says. */
  get #mayAsk(): boolean {
    const { inUse, supervisor } = this.#core
    return !inUse && supervisor.policy.keepAlive !== false && supervisor.waitTimeoutSeconds === undefined
  }

  #askWaitTimeout(): void {
    const { supervisor } = this.#core
    supervisor.waitTimeoutSeconds = 0
    linkQuery(this.#link, 'SELECT @@wait_timeout AS seconds', supervisor.policy.prePing.timeoutMs).then(
      ([row]) => {
        supervisor.waitTimeoutSeconds = Number(row?.['seconds'])
      },
      () => undefined,
    )
  }

  #keepAlive(): void {
    const link = this.#link
    const { idleSince } = link
    // A link that does not answer is condemned by the ping itself. Its idle period goes on: a keepalive is no use.
    linkPing(link, this.#core.supervisor.policy.prePing.timeoutMs).then(
      () => {
        link.vettedAt = systemClock.now()
        link.idleSince = idleSince
      },
      () => undefined,
    )
  }

  #busy(running: DriverCommand, nowMs: number): void {
    const link = this.#link
    const bytes = link.stream.bytesRead
    if (this.#running !== running || this.#ended !== link.ended) {
      this.#running = running
      this.#ended = link.ended
      this.#since = nowMs
      this.#quietSince = nowMs
    }
    if (this.#bytes !== bytes || link._paused) {
      this.#bytes = bytes
      this.#quietSince = nowMs
    }
    const { statementDeadlineMs, watchdog } = this.#core.supervisor.policy
    if (statementDeadlineMs > 0 && nowMs - this.#since > statementDeadlineMs) {
      abandonLink(this.#core, link, deadlinePassed(statementDeadlineMs))
    } else if (watchdog !== false && nowMs - this.#quietSince > watchdog.afterMs && !this.#probing) {
      void this.#probe(running, nowMs)
    }
  }

  /** Asks over a second link whether the statement is still being worked on. */
  async #probe(running: DriverCommand, nowMs: number): Promise<void> {
    const link = this.#link
    const mark = threadMark(link, sqlOf(running))
    if (mark === undefined) return
    this.#probing = true
    const state = await this.#core.supervisor.probe(this.#core, mark)
    this.#probing = false
    if (link.deathCause !== undefined || link._command !== running || link.ended !== this.#ended) return
    if (state === 'running' || link.stream.bytesRead !== this.#bytes) this.#quietSince = nowMs
    // It may have ended just now, with its answer on the way or not read yet: the next look will tell. A thread that has just ended
    // its statement is no longer told from somebody else's by it.
    else if ((state === 'idle' || state === 'other') && this.#answered !== running) this.#answered = running
    else abandonLink(this.#core, link, closedByServer('watchdog'))
  }
}
