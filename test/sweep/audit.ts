import { EventEmitter } from 'node:events'
import { Socket } from 'node:net'
import v8 from 'node:v8'
import { Connection } from 'mysql2'
import { slopeOf } from './slope.js'

/** Sockets, connections, sessions and pools are event emitters all; the others tell which. */
const kinds = { EventEmitter, Socket, Connection }

type Kind = keyof typeof kinds

/** How many objects of a kind are alive. All garbage is collected for it, which takes a quarter of a second. */
const live = (kind: Kind): number => v8.queryObjects(kinds[kind], { format: 'count' })

/** Node says once that to count is an experiment: to nobody, if this is awaited before anybody listens. */
export async function prepareAudits(): Promise<void> {
  live('EventEmitter')
  await new Promise(resolve => setImmediate(resolve))
}

/** What may still be on its way out, a closing socket for instance, has this long. */
const patienceMs = 1_000

/** Audits of a long run that may find more alive than before; of a stack, there are some fifteen in each process. */
const cachedSteps = 3
/** Caches fill first. */
const fillingPoints = 100
/** Fewer say nothing about a heap, which grows and shrinks by itself. */
const leastAudits = 8
/** Per point, of which each runs twenty statements and more. */
export const heapBoundBytes = 6_000

export interface Sample {
  readonly points: number
  readonly heapBytes: number
}

/** What is to be said of a heap that was looked at so often; undefined if it does not grow. */
export function heapGrowth(samples: readonly Sample[]): string | undefined {
  const full = samples.filter(({ points }) => points >= fillingPoints)
  if (full.length < leastAudits) return undefined
  const slope = slopeOf(full.map(({ points, heapBytes }) => [points, heapBytes]))
  if (slope <= heapBoundBytes) return undefined
  const [first, last] = [full.at(0)?.points ?? 0, full.at(-1)?.points ?? 0]
  return `the heap grew by ${Math.round(slope)} bytes a point over ${last - first} points`
}

/** Sees, every so many points, whether what they made is gone. */
export class Audit {
  #held = 0
  #points = 0
  #audited = 0
  #samples: Sample[] = []
  #steps = 0

  /** What is alive now may stay: a stack has been used for the first time, and has loaded what it needs. */
  begin(): void {
    this.#held = live('EventEmitter')
    this.#points = 0
    this.#audited = 0
    this.#samples = []
    this.#steps = 0
  }

  /**
   * Takes note of a point; after `every` of them says what they have left. In a long run a few steps are no leak: drivers keep a
   * parser for each shape of rows, and with it the pool that met it first. Points that leak do so at each audit.
   */
  async after(every: number): Promise<readonly string[]> {
    this.#points += 1
    const since = this.#points - this.#audited
    if (since < every) return []
    this.#audited = this.#points
    const left = await this.#emittersLeft()
    if (left !== undefined) this.#steps += 1
    const isCached = every > 1 && this.#steps <= cachedSteps
    this.#samples.push({ points: this.#points, heapBytes: process.memoryUsage().heapUsed })
    const growth = heapGrowth(this.#samples)
    // It is said once; the next look begins anew.
    if (growth) this.#samples = []
    return [
      ...(left && !isCached ? [`${left} after the last ${since} points`] : []),
      ...(growth ? [growth] : []),
    ]
  }

  async #emittersLeft(): Promise<string | undefined> {
    const giveUpAt = performance.now() + patienceMs
    for (;;) {
      const now = live('EventEmitter')
      const more = now - this.#held
      if (more > 0 && performance.now() < giveUpAt) {
        await new Promise(resolve => setTimeout(resolve, 100))
        continue
      }
      this.#held = now
      return more > 0
        ? `${more} more event emitters alive (in all ${live('Socket')} sockets, ${live('Connection')} connections)`
        : undefined
    }
  }
}
