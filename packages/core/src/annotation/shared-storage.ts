import { AsyncLocalStorage } from 'node:async_hooks'

type Shared = Record<symbol, AsyncLocalStorage<unknown> | undefined>

/**
 * The one storage of this name in the process, whichever copy of this package (ESM, CommonJS, another folder) asks: what one
 * copy puts into an async context, the others must see.
 */
export const sharedStorage = <T>(name: string): AsyncLocalStorage<T> => {
  const key = Symbol.for(name)
  const shared = globalThis as unknown as Shared
  shared[key] ??= new AsyncLocalStorage()
  return shared[key] as AsyncLocalStorage<T>
}
