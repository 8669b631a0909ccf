import { AsyncLocalStorage } from 'node:async_hooks'
import type { Annotation } from '../annotation/annotation.js'
import type { OwnershipToken } from '../ownership/ownership-token.js'

/** What a flow of the program carries with it: what holds for its statements, and which transaction is its own. */
export interface FlowContext {
  readonly annotation: Annotation | undefined
  readonly token: OwnershipToken | undefined
}

type Storage = AsyncLocalStorage<FlowContext | undefined>

const shared = globalThis as unknown as Record<symbol, Storage | undefined>
const key = Symbol.for('comeback.flow')

/**
 * Node gives promises contexts of their own only from the first use of any storage on; a flow that waits already by then would be
 * taken for whichever one wakes it. So it is in use from the start, with nothing in it.
 */
const inUse = (): Storage => {
  const storage: Storage = new AsyncLocalStorage()
  storage.enterWith(undefined)
  return storage
}

/**
 * The one storage of the process, whichever copy of this package (ESM, CommonJS, another folder) asks: what one copy puts into
 * an async context, the others must see. One for everything, as each costs a step at every promise that the program makes.
 */
export const flowContext: Storage = shared[key] ?? inUse()
shared[key] = flowContext

/**
 * Runs a function outside of any flow: without annotation, without transaction. Sockets and timers that outlive a statement are
 * to be made in it, as their callbacks run in the context in which they were made, and would give it to everybody.
 */
export const outsideFlows = <T>(run: () => T): T => flowContext.run(undefined, run)
