import { syncBuiltinESMExports } from 'node:module'

/** Makes this process go by another number. */
function become(pid: number): void {
  Object.defineProperty(process, 'pid', { configurable: true, enumerable: true, writable: true, value: pid })
  syncBuiltinESMExports()
}

/**
 * Runs something as a process that has been given this one's memory and sockets would run it: until what it returns has settled, or
 * until it has returned where that is no promise.
 */
export function asAnotherProcess<T>(run: () => T): T {
  const { pid } = process
  const back = (): void => become(pid)
  become(pid + 1)
  let result: T
  try {
    result = run()
  } catch (error) {
    back()
    throw error
  }
  if (result instanceof Promise) return result.finally(back) as T
  back()
  return result
}
