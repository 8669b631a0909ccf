import { AsyncLocalStorage } from 'node:async_hooks'

type Shared = Record<symbol, AsyncLocalStorage<unknown> | undefined>

const shared = globalThis as unknown as Shared
const following = Symbol.for('comeback.following')

/**
 * Node gives promises contexts of their own only from the first use of any storage on; a flow that waits already by then would be
 * taken for whichever one wakes it. One empty storage is in use from the start, so that the others, and what asking them
 * costs for each statement, are not before there is something in them.
 */
const followPromises = (): void => {
  if (shared[following] !== undefined) return
  const storage = new AsyncLocalStorage<unknown>()
  storage.enterWith(undefined)
  shared[following] = storage
}

/**
 * The one storage of this name in the process, whichever copy of this package (ESM, CommonJS, another folder) asks: what one
 * copy puts into an async context, the others must see.
 */
export const sharedStorage = <T>(name: string): AsyncLocalStorage<T> => {
  followPromises()
  const key = Symbol.for(name)
  const storage = shared[key] ?? new AsyncLocalStorage<unknown>()
  shared[key] = storage
  return storage as AsyncLocalStorage<T>
}
