import type { Result } from './outages.js'
import type { Client } from './stack.js'

/** Callers that read a row each. */
export interface Crowd {
  /** All call. */
  begin(): void
  /** The server accepts connections from now on. */
  accepted(): void
  /** What became of them, at the latest so long after the server accepted. */
  served(boundMs: number): Promise<Omit<Result, 'uncaught'>>
}

/** Who gets an error calls again as soon as the server accepts, and from then on after a pause: a program gets its next request anyway. */
export function call(client: Client, callers: number, againMs: number): Crowd {
  let acceptedAt: number | undefined
  let firstAt: number | undefined
  let isOver = false
  let failed = 0
  let pending = callers
  let announce: () => void = () => undefined
  const whenAccepted = new Promise<void>(resolve => {
    announce = resolve
  })
  let all: Promise<unknown> = Promise.resolve()

  const attempt = async (): Promise<boolean> => {
    try {
      await client.select()
      if (!isOver) firstAt ??= performance.now()
      return true
    } catch {
      return false
    }
  }
  const one = async (): Promise<void> => {
    const isServed = await attempt()
    if (isOver) return
    pending -= 1
    if (isServed) return
    failed += 1
    await whenAccepted
    while (!isOver && !(await attempt())) await new Promise(resolve => setTimeout(resolve, againMs))
  }
  return {
    begin: () => {
      all = Promise.all(Array.from({ length: callers }, one))
    },
    accepted: () => {
      acceptedAt = performance.now()
      announce()
    },
    async served(boundMs) {
      let bell: NodeJS.Timeout | undefined
      await Promise.race([all, new Promise(resolve => (bell = setTimeout(resolve, boundMs)))])
      clearTimeout(bell)
      isOver = true
      const recoveryMs = firstAt === undefined ? undefined : firstAt - (acceptedAt ?? Number.NaN)
      return { recoveryMs, failed, hung: pending }
    },
  }
}
