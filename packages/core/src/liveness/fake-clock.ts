import type { Clock, TimerHandle } from './clock.js'

interface FakeTimer extends TimerHandle {
  readonly id: number
  dueAt: number
  readonly everyMs: number | undefined
  readonly callback: () => void
  referenced: boolean
}

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves time on, fires what falls due in order, and lets promises settle in between. */
  advance(byMs: number): Promise<void>
  /** Moves time on without firing anything, as a frozen process experiences it. */
  freeze(byMs: number, options?: { readonly wallOnly?: boolean }): void
  /** Runs the immediates that are queued now, not those that they queue. */
  turn(): Promise<void>
  /** Timers and intervals that are set. */
  readonly pending: number
  /** Timers and intervals that would keep a process alive. */
  readonly referenced: number
}

/** Lets every promise that can settle without time passing settle. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

/** @internal For tests. */
export const createFakeClock = (): FakeClock => {
  const timers = new Map<number, FakeTimer>()
  let immediates: (() => void)[] = []
  let nowMs = 1_000
  let wallMs = 1_700_000_000_000
  let nextId = 1

  const set = (callback: () => void, delayMs: number, everyMs?: number): TimerHandle => {
    const timer: FakeTimer = {
      id: nextId++,
      dueAt: nowMs + Math.max(1, delayMs),
      everyMs,
      callback,
      referenced: true,
      unref: () => {
        timer.referenced = false
        return timer
      },
    }
    timers.set(timer.id, timer)
    return timer
  }

  const clear = (handle: TimerHandle | undefined): void => {
    if (handle) timers.delete((handle as FakeTimer).id)
  }

  const earliest = (): FakeTimer | undefined => {
    let found: FakeTimer | undefined
    for (const timer of timers.values()) if (!found || timer.dueAt < found.dueAt) found = timer
    return found
  }

  const moveTo = (target: number): void => {
    wallMs += target - nowMs
    nowMs = target
  }

  return {
    now: () => nowMs,
    wallNow: () => wallMs,
    setTimeout: (callback, delayMs) => set(callback, delayMs),
    clearTimeout: clear,
    setInterval: (callback, everyMs) => set(callback, everyMs, everyMs),
    clearInterval: clear,
    setImmediate: callback => {
      immediates.push(callback)
    },
    advance: async byMs => {
      const end = nowMs + byMs
      await settle()
      for (let timer = earliest(); timer && timer.dueAt <= end; timer = earliest()) {
        moveTo(Math.max(nowMs, timer.dueAt))
        if (timer.everyMs === undefined) timers.delete(timer.id)
        else timer.dueAt = nowMs + timer.everyMs
        timer.callback()
        await settle()
      }
      moveTo(Math.max(nowMs, end))
    },
    freeze: (byMs, options) => {
      if (options?.wallOnly) wallMs += byMs
      else moveTo(nowMs + byMs)
    },
    turn: async () => {
      const due = immediates
      immediates = []
      for (const callback of due) callback()
      await settle()
    },
    get pending() {
      return timers.size
    },
    get referenced() {
      return [...timers.values()].filter(timer => timer.referenced).length
    },
  }
}
