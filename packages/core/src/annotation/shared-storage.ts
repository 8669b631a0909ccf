import { AsyncLocalStorage } from 'node:async_hooks'

type Shared = Record<symbol, AsyncLocalStorage<unknown> | undefined>

/**
 * The one storage of this name in the process, whichever copy of this package (ESM, CommonJS, another folder) asks: what one
 * copy puts into an async context, the others must see.
 */
export const sharedStorage = <T>(name: string): AsyncLocalStorage<T> => {
  const key = Symbol.for(name)
  const shared = globalThis as unknown as Shared
  const known = shared[key]
  if (known !== undefined) return known as AsyncLocalStorage<T>
  const created = new AsyncLocalStorage<T | undefined>()
  // Node follows promises only from the first use of a storage on; a flow that waits already by then would be taken for
  // whichever one wakes it.
  created.enterWith(undefined)
  shared[key] = created as AsyncLocalStorage<unknown>
  return created as AsyncLocalStorage<T>
}
