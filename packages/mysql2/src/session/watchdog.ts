import { systemClock } from '@comeback/core'
import type { DriverCommand } from '../driver/driver-types.js'
import { sqlOf } from '../link/command.js'
import type { Link } from '../link/link.js'
import { linkPing } from '../link/link-query.js'
import { closedByServer, deadlinePassed } from '../link/loss-reason.js'
import { threadMark } from '../supervisor/processlist.js'
import { abandonLink } from './abandon.js'
import type { SessionCore } from './session-core.js'

/** A link that was told goodbye has this long to close its socket; a server that is not there never does. */
const GOODBYE_MS = 1_000

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
    const { keepAlive } = this.#core.supervisor.policy
    this.#running = undefined
    if (link._closing) {
      if (nowMs - link.idleSince > GOODBYE_MS) link.stream.destroy()
    } else if (keepAlive !== false && this.#core.gate === 'open') {
      const everyMs = this.#core.supervisor.keepAliveEveryMs
      if (nowMs - Math.max(link.idleSince, link.vettedAt) > everyMs) this.#keepAlive()
    }
  }

  #keepAlive(): void {
    const { prePing } = this.#core.supervisor.policy
    const { idleSince } = this.#link
    // A link that does not answer is condemned by the ping itself. Its idle period goes on: a keepalive is no use.
    linkPing(this.#link, prePing.timeoutMs).then(
      () => {
        this.#link.vettedAt = systemClock.now()
        this.#link.idleSince = Math.max(idleSince, 0)
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
    else abandonLink(this.#core, link, closedByServer('watchdog'))
  }
}
