import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { homedir, tmpdir, userInfo } from 'node:os'
import { basename, dirname, join } from 'node:path'

/** Where downloaded servers and prepared data folders are kept between runs. */
export function cacheFolder(): string {
  const reasons: string[] = []
  for (const folder of candidates()) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      accessSync(folder, constants.W_OK | constants.X_OK)
      assertOwn(folder)
      return folder
    } catch (error) {
      reasons.push(`${folder}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new Error(`no folder to keep the database server in:\n  ${reasons.join('\n  ')}`)
}

function candidates(): string[] {
  const xdg = process.env['XDG_CACHE_HOME']
  const home = homedir()
  return [
    ...(xdg?.startsWith('/') ? [join(xdg, 'comeback')] : []),
    ...(home.startsWith('/') && home !== '/' ? [join(home, '.cache', 'comeback')] : []),
    join(tmpdir(), `comeback-cache-${userInfo().uid}`),
  ]
}

/**
 * What lies in this folder is executed, so it must not be somebody else's (the temp folder is open to all).
 */
function assertOwn(folder: string): void {
  const stat = lstatSync(folder)
  if (!stat.isDirectory()) throw new Error('not a folder')
  if (stat.uid !== userInfo().uid) throw new Error('belongs to another user')
}

/** A new work folder beside `folder`, to be renamed into its place when it is whole. */
export async function partFolder(folder: string): Promise<string> {
  return await mkdtemp(`${folder}.part-`)
}

/** Removes the work folders of processes that died at work; only for the holder of the lock. */
export async function removeParts(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder))) {
    if (name.startsWith(`${basename(folder)}.part-`)) {
      // A program that it had started may be writing there to its own end: then the next one removes it.
      await rm(join(dirname(folder), name), { recursive: true, force: true, maxRetries: 5 }).catch(() => {})
    }
  }
}
