import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Flavour, ServerBinary } from './types.js'

/** Asks a server program what it is; throws when it does not run or is no such program. */
export async function identify(path: string, origin: string): Promise<ServerBinary> {
  const { stdout } = await promisify(execFile)(path, ['--no-defaults', '--version'], { timeout: 20_000 })
  const version = /\bVer\s+(\d+\.\d+\.\d+)/.exec(stdout)?.[1]
  if (version === undefined)
    throw new Error(`${path} --version says no version: ${stdout.trim().slice(0, 200)}`)
  return { kind: 'binary', flavour: flavourOf(stdout), version, path, origin }
}

/** MariaDB's name is in every version text of MariaDB, and in none of MySQL. */
export function flavourOf(versionText: string): Flavour {
  return /mariadb/i.test(versionText) ? 'mariadb' : 'mysql'
}
