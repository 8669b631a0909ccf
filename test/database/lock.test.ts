import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { runFixture } from './fixtures/child.js'
import { withLock } from './lock.js'

const temp = mkdtempSync(join(tmpdir(), 'lock-'))
afterAll(() => rmSync(temp, { recursive: true }))

it('only one of several callers works at a time', async () => {
  let working = 0
  let most = 0
  const results = await Promise.all(
    [1, 2, 3].map(number =>
      withLock(join(temp, 'one'), async alone => {
        most = Math.max(most, ++working)
        await new Promise(resolve => setTimeout(resolve, 20))
        working--
        return alone && number
      }),
    ),
  )
  expect(results).toEqual([1, 2, 3])
  expect(most).toBe(1)
})

it('a failed work gives its error and frees the lock', async () => {
  const file = join(temp, 'failing')
  await expect(withLock(file, () => Promise.reject(new Error('work failed')))).rejects.toThrow('work failed')
  expect(await withLock(file, async () => 'free')).toBe('free')
})

it('the lock of a process that is killed is free at once', async () => {
  const file = join(temp, 'killed')
  const holder = runFixture('lock-holder.ts', { args: [file] })
  expect(await holder.line()).toBe('held')
  let waited = false
  const mine = withLock(
    file,
    async () => 'mine',
    () => {
      waited = true
      void holder.kill()
    },
  )
  expect(await mine).toBe('mine')
  expect(waited).toBe(true)
})

it('a lock file in a folder that does not exist is an error', async () => {
  await expect(withLock(join(temp, 'none', 'lock'), async () => 'mine')).rejects.toThrow(
    /cannot lock .*No such file or directory/,
  )
})
