import { type Clock, systemClock } from '../liveness/clock.js'

/** What a {@link PoisonGuard} is made of. All of it has a default. */
export interface PoisonGuardOptions {
  /** Deaths of the server after which a statement is refused. Default 2. */
  readonly deaths?: number
  /** Statements under suspicion that are remembered; the one longest untouched goes first. Default 1,000. */
  readonly capacity?: number
  /** A loss counts only if the server's death is proved within this time, and a death only for this long. Default 600,000. */
  readonly memoryMs?: number
  /** Default: `systemClock`. */
  readonly clock?: Pick<Clock, 'now'>
}

interface Suspect {
  deaths: number
  /** The life of the server that ended under it last; the same end is not counted twice. */
  life: number
  at: number
}

/**
 * Remembers which statements were under way when the server died, and refuses one that was there each time. A statement is known by a
 * digest of its text without literals, which the caller makes.
 *
 * A loss alone is no death: an administrator's KILL or a network looks the same. Only a refused connection afterwards, or a server
 * that says it was started anew, proves one; see {@link PoisonGuard.died}. A statement that succeeds is cleared, so that one which is merely
 * always running is not blamed for two ordinary restarts.
 */
export class PoisonGuard {
  readonly #mostDeaths: number
  readonly #capacity: number
  readonly #memoryMs: number
  readonly #clock: Pick<Clock, 'now'>
  readonly #suspects = new Map<string, Suspect>()
  readonly #lost = new Map<string, { readonly life: number; readonly at: number }>()
  #life = 0
  #lived = false

  constructor(options: PoisonGuardOptions = {}) {
    this.#mostDeaths = options.deaths ?? 2
    this.#capacity = options.capacity ?? 1_000
    this.#memoryMs = options.memoryMs ?? 600_000
    this.#clock = options.clock ?? systemClock
  }

  /** Which life of the server it is, counted from 0. A link belongs to the life in which it was opened. */
  get life(): number {
    return this.#life
  }

  /** Whether anything is under suspicion; while nothing is, {@link PoisonGuard.succeeded} and `deathsOf` need not be called. */
  get active(): boolean {
    return this.#suspects.size > 0
  }

  /** A link was opened: the server lives. Returns the life that the link belongs to. */
  opened(): number {
    this.#lived = true
    return this.#life
  }

  /** The statement was under way when its link was lost, and nothing is known of the server yet. */
  lost(digest: string, life: number): void {
    if (life < this.#life) {
      this.#charge(digest, life)
      return
    }
    this.#lost.delete(digest)
    this.#lost.set(digest, { life, at: this.#clock.now() })
    this.#trim(this.#lost)
  }

  /**
   * The server that links of this life led to has died. Does nothing if that is known already.
   *
   * @param life - default: the current one.
   */
  died(life: number = this.#life): void {
    if (life < this.#life || !this.#lived) return
    this.#life++
    this.#lived = false
    const oldest = this.#clock.now() - this.#memoryMs
    for (const [digest, loss] of this.#lost) if (loss.at >= oldest) this.#charge(digest, loss.life)
    this.#lost.clear()
  }

  /** The server behind a new link is the same, and has not been restarted: what was lost was lost otherwise. */
  survived(): void {
    this.#lost.clear()
  }

  /** The statement has run; it is not to blame. */
  succeeded(digest: string): void {
    this.#suspects.delete(digest)
    this.#lost.delete(digest)
  }

  /** Deaths of the server under this statement, when they are so many that it is to be refused; else 0. */
  deathsOf(digest: string): number {
    const suspect = this.#suspects.get(digest)
    if (suspect === undefined) return 0
    if (this.#clock.now() - suspect.at > this.#memoryMs) {
      this.#suspects.delete(digest)
      return 0
    }
    return suspect.deaths >= this.#mostDeaths ? suspect.deaths : 0
  }

  #charge(digest: string, life: number): void {
    const at = this.#clock.now()
    const known = this.#suspects.get(digest)
    if (known?.life === life) return
    const isFresh = known !== undefined && at - known.at <= this.#memoryMs
    this.#suspects.delete(digest)
    this.#suspects.set(digest, { deaths: (isFresh ? known.deaths : 0) + 1, life, at })
    this.#trim(this.#suspects)
  }

  #trim(entries: Map<string, unknown>): void {
    for (const digest of entries.keys()) {
      if (entries.size <= this.#capacity) return
      entries.delete(digest)
    }
  }
}
