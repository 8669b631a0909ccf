import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, it, vi } from 'vitest'
import { cacheFolder, partFolder, removeParts } from './cache-folder.js'

const temp = mkdtempSync(join(tmpdir(), 'cache-'))
// A file where a folder is to be: that stops root too.
writeFileSync(join(temp, 'file'), '')
afterAll(() => rmSync(temp, { recursive: true }))

beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', '')
  vi.stubEnv('TMPDIR', temp)
})

it('the cache lies in XDG_CACHE_HOME, else in .cache of the home folder', () => {
  vi.stubEnv('HOME', join(temp, 'home'))
  expect(cacheFolder()).toBe(join(temp, 'home', '.cache', 'comeback'))
  vi.stubEnv('XDG_CACHE_HOME', join(temp, 'xdg'))
  expect(cacheFolder()).toBe(join(temp, 'xdg', 'comeback'))
})

it('the cache lies in the temp folder when the home folder cannot be written', () => {
  vi.stubEnv('HOME', join(temp, 'file'))
  expect(cacheFolder()).toBe(join(temp, `comeback-cache-${userInfo().uid}`))
})

it('a link in the temp folder is not followed, since others may have laid it', () => {
  const open = join(temp, 'open')
  mkdirSync(open)
  symlinkSync(temp, join(open, `comeback-cache-${userInfo().uid}`))
  vi.stubEnv('TMPDIR', open)
  vi.stubEnv('HOME', join(temp, 'file'))
  expect(() => cacheFolder()).toThrow('no folder to keep the database server in')
})

it('work folders of dead processes are removed, and nothing else', async () => {
  const folder = join(temp, 'server')
  await partFolder(folder)
  await partFolder(`${folder}-other`)
  await removeParts(folder)
  const left = readdirSync(temp).filter(name => name.startsWith('server'))
  expect(left).toHaveLength(1)
  expect(left[0]).toMatch(/^server-other\.part-/)
})
