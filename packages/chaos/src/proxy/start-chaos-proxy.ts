import { setMaxListeners } from 'node:events'
import { type Check, checkOptions, duration, oneOf, optional, ordinal, port, text } from '../check-options.js'
import type { HoldFault } from '../faults/fault.js'
import { FaultList } from '../faults/fault-list.js'
import { JournalBook } from '../journal/journal.js'
import type { ChaosProxy, InjectedFault } from './chaos-proxy.js'
import { Connection } from './connection.js'
import type { Host } from './host.js'
import { Listener } from './listener.js'
import { type ChaosTarget, checkTarget } from './target.js'
import { Gate } from './waiting.js'
import { untilHolds } from './waiting-for.js'

/** Options of `startChaosProxy`. */
export interface ChaosProxyOptions {
  /** The server that connections go to. */
  readonly target: ChaosTarget
  /**
   * Address to listen on.
   * @defaultValue '127.0.0.1'
   */
  readonly host?: string
  /**
   * Port to listen on; 0 lets the system choose.
   * @defaultValue 0
   */
  readonly port?: number
}

const anyValue: Check = () => undefined

/**
 * Starts a proxy in this process.
 * @throws TypeError (as a rejection) if an option is unknown or wrong; the system's error if it cannot listen.
 */
export async function startChaosProxy(options: ChaosProxyOptions): Promise<ChaosProxy> {
  checkOptions('startChaosProxy', options, { target: anyValue, host: optional(text), port: optional(port) })
  checkTarget(options.target)
  let target = options.target
  const listenHost = options.host ?? '127.0.0.1'
  const errors: unknown[] = []
  const failed = (error: unknown): void => {
    errors.push(error)
  }
  const faults = new FaultList(failed)
  const journal = new JournalBook()
  const frozen = new Gate()
  const connections = new Set<Connection>()
  const holds = new Set<HoldFault>()
  const closed = new AbortController()
  // One listener for each wait in progress: as many as a test likes.
  setMaxListeners(0, closed.signal)
  const host: Host = { faults, journal, frozen, failed, target: () => target }
  const listener = new Listener(listenHost, options.port ?? 0, socket => {
    if (closed.signal.aborted) {
      socket.destroy()
      return
    }
    const connection: Connection = new Connection(socket, host, () => connections.delete(connection))
    connections.add(connection)
  })
  await listener.open()

  const close = async (): Promise<void> => {
    if (closed.signal.aborted) return
    closed.abort()
    await listener.close()
    for (const connection of [...connections]) connection.destroy()
    if (connections.size > 0) await allGone(connections, journal)
    if (errors.length > 0) throw errors[0]
  }

  return {
    host: listenHost,
    get port(): number {
      return listener.port
    },
    journal,
    config: <Options extends object>(given?: Options) => {
      const { socketPath: _, ...rest } = { socketPath: undefined, ...given }
      return { ...rest, host: listenHost, port: listener.port } as never
    },
    inject: (fault, trigger = {}): InjectedFault => {
      const injection = faults.add(fault, trigger)
      if (fault.kind === 'hold') holds.add(fault)
      for (const connection of connections) connection.checkIdle()
      return {
        get hits(): number {
          return injection.hits.length
        },
        whenHit: async (wish = {}) => {
          checkOptions('whenHit', wish, { nth: optional(ordinal), timeoutMs: optional(duration) })
          const nth = wish.nth ?? 1
          const what = `fault '${fault.kind}' strikes ${nth} times`
          await untilHolds(journal, what, () => injection.hits.length >= nth, wish, closed.signal)
          const hit = injection.hits[nth - 1]
          if (!hit) throw new Error(`${what}: it did not`)
          return hit
        },
        remove: () => faults.remove(injection),
      }
    },
    clear: () => {
      faults.clear()
      for (const fault of holds) fault.release()
      holds.clear()
      for (const connection of connections) connection.restoreSpeed()
      frozen.open()
    },
    cutAll: (how = 'fin') => {
      const wrong = oneOf('fin', 'rst')(how)
      if (wrong) throw new TypeError(`cutAll: how must be ${wrong}`)
      for (const connection of connections) {
        if (connection.record.open) connection.cut({ how, server: 'close' })
      }
    },
    dropAbandoned: () => {
      for (const connection of [...connections]) {
        if (!connection.record.open) connection.destroy()
      }
    },
    refuse: () => listener.close(),
    accept: () => listener.open(),
    freeze: () => frozen.close(),
    thaw: () => {
      frozen.open()
      for (const connection of connections) connection.checkIdle()
    },
    retarget: next => {
      checkTarget(next)
      target = next
    },
    until: (predicate, wish = {}) => {
      checkOptions('until', wish, { timeoutMs: optional(duration) })
      return untilHolds(journal, 'until', () => predicate(journal), wish, closed.signal)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function allGone(connections: ReadonlySet<Connection>, journal: JournalBook): Promise<void> {
  return new Promise(resolve => {
    const stop = journal.onChange(() => {
      if (connections.size > 0) return
      stop()
      resolve()
    })
  })
}
