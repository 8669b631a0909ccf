import { expect, it } from 'vitest'
import { againIfStopped } from './again-if-stopped.js'

/** Fails with these numbers of the server's, one after the other, and then answers how often it was asked. */
function failingWith(...errnos: readonly number[]): () => Promise<number> {
  let asked = 0
  return async () => {
    const errno = errnos[asked]
    asked += 1
    if (errno !== undefined) throw Object.assign(new Error('no'), { errno, sqlState: '70100' })
    return asked
  }
}

it.each([1317, 1969, 3024])('a question that was stopped (%i) is asked once more', async errno => {
  expect(await againIfStopped(failingWith(errno))).toBe(2)
})

it('a question that is answered is asked once', async () => {
  expect(await againIfStopped(failingWith())).toBe(1)
})

it('a question that is stopped twice fails as it was stopped', async () => {
  await expect(againIfStopped(failingWith(1317, 1317))).rejects.toMatchObject({ errno: 1317 })
})

it.each([1142, 1205, 1213, 2013])('a question that failed otherwise (%i) is not asked again', async errno => {
  await expect(againIfStopped(failingWith(errno))).rejects.toMatchObject({ errno })
})
