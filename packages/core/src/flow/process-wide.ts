const shared = globalThis as unknown as Record<symbol, unknown>

/**
 * The one thing of this name in the process, whichever copy of a package (ESM, CommonJS, another folder) asks: what one copy puts
 * into it, the others must see. Each call with a name must make the same kind of thing.
 *
 * @param make - is called by the first copy that asks.
 */
export const processWide = <T extends object>(name: string, make: () => T): T => {
  const key = Symbol.for(name)
  shared[key] ??= make()
  return shared[key] as T
}
