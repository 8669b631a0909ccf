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
