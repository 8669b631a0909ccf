export const late: unique symbol = Symbol('late')

/** What a promise comes to, or `late` when it takes longer. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | typeof late> {
  let timer: NodeJS.Timeout | undefined
  const bell = new Promise<typeof late>(resolve => {
    timer = setTimeout(resolve, ms, late)
  })
  try {
    return await Promise.race([promise, bell])
  } finally {
    clearTimeout(timer)
  }
}
