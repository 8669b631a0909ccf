import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatOwner, isDead, type Owner, parseOwner, thisProcess } from './owner.js'

const guardScript = fileURLToPath(new URL('guard.sh', import.meta.url))
const folderName = /^comeback-db-\d+/

/** The folder that holds all server folders. A socket path may have no more than about 100 characters. */
function serversFolder(): string {
  const folder = tmpdir()
  return folder.length > 70 ? '/tmp' : folder
}

interface Guarded {
  readonly owner: Owner
  /** Resolves when the guard runs and nothing of dead owners is left. */
  readonly ready: Promise<void>
}

const key = Symbol.for('comeback.test.database.guard')
const registry = globalThis as { [key]?: Guarded }

/**
 * Sees to it that nothing is left behind: starts, once per process (or worker thread), a small shell process
 * whose standard input is a pipe from here. When this process ends, by SIGKILL too, the kernel closes the
 * pipe and the guard cleans up. Left-overs of earlier owners whose guard was killed as well are removed here.
 */
export function guard(): Guarded {
  registry[key] ??= startGuard()
  return registry[key]
}

function startGuard(): Guarded {
  const owner = thisProcess()
  const child = spawn('/bin/sh', [guardScript, serversFolder(), owner.token], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  })
  const spawned = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  child.unref()
  // Child pipes are sockets in Node; an unref'd one does not keep the process alive.
  ;(child.stdin as Socket).unref()
  child.stdin.on('error', () => {})
  return { owner, ready: spawned.then(sweep) }
}

/** Removes the servers of owners that are certainly dead. */
async function sweep(): Promise<void> {
  const tokens = new Set<string>()
  for (const name of readdirSync(serversFolder())) {
    if (!folderName.test(name)) continue
    try {
      const owner = parseOwner(readFileSync(join(serversFolder(), name, 'owner'), 'utf8'))
      if (owner !== undefined && isDead(owner)) tokens.add(owner.token)
    } catch {
      // Gone meanwhile, or another user's.
    }
  }
  for (const token of tokens) {
    const child = spawn('/bin/sh', [guardScript, serversFolder(), token], { stdio: 'ignore', cwd: '/' })
    await once(child, 'exit')
  }
}

/**
 * Makes the folder of one server. Its name holds the port, so making it also reserves the port among all
 * launchers of this machine; undefined when another one has it. The folder appears with its owner file
 * already in it.
 */
export function claimServerFolder(port: number, owner: Owner): string | undefined {
  const folder = join(serversFolder(), `comeback-db-${port}`)
  const staging = asideName(folder, owner)
  mkdirSync(staging, { mode: 0o700 })
  writeFileSync(join(staging, 'owner'), formatOwner(owner))
  try {
    // Fails when the target exists, since that is never empty.
    renameSync(staging, folder)
    return folder
  } catch (error) {
    rmSync(staging, { recursive: true, force: true })
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EPERM' || code === 'EACCES') return undefined
    throw error
  }
}

/**
 * Removes a server's folder. Its name changes first, so that the port is free at once and the guard knows
 * what is left if this is cut short.
 */
export async function removeServerFolder(folder: string, owner: Owner): Promise<void> {
  const aside = asideName(folder, owner)
  try {
    renameSync(folder, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  await rm(aside, { recursive: true, force: true })
}

function asideName(folder: string, owner: Owner): string {
  return `${folder}-${randomBytes(3).toString('hex')}.${owner.token}`
}
