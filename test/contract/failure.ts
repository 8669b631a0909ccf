/** What a promise fails with; a test that expects a failure must not pass on success. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  let result: unknown
  try {
    result = await promise
  } catch (error) {
    return error as Error
  }
  throw new Error(`Expected a failure, got ${JSON.stringify(result)}`)
}

/** What has become of a promise by now, or within the time. */
export async function stateOf(promise: Promise<unknown>, withinMs: number): Promise<'settled' | 'pending'> {
  let timer: NodeJS.Timeout | undefined
  const waited = new Promise<'pending'>(resolve => {
    timer = setTimeout(resolve, withinMs, 'pending')
  })
  const settled = promise.then(
    () => 'settled' as const,
    () => 'settled' as const,
  )
  return Promise.race([settled, waited]).finally(() => clearTimeout(timer))
}
