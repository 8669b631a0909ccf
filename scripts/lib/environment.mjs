import { accessSync, constants, existsSync, lstatSync, mkdirSync, mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

/**
 * The environment for everything that a script starts. Package managers and caches need a home that can be
 * written; a service account often has none, so a private folder among the temporary files takes its place.
 */
export function childEnvironment() {
  const env = { ...process.env }
  env.PATH = [env.PATH, dirname(process.execPath)].filter(Boolean).join(delimiter)
  if (!isWritableFolder(env.HOME)) env.HOME = substituteHome()
  for (const name of ['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME']) {
    if (env[name] && !canBeWritten(env[name])) delete env[name]
  }
  // npm hands its own settings down to scripts; this one may still point into the home that cannot be used.
  if (env.npm_config_cache && !canBeWritten(env.npm_config_cache))
    env.npm_config_cache = join(env.HOME, '.npm')
  return env
}

/** Whether a file or folder at this path could be created or changed. */
function canBeWritten(path) {
  let nearest = path
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest)
  return isWritable(nearest)
}

function isWritableFolder(path) {
  return Boolean(path) && existsSync(path) && statSync(path).isDirectory() && isWritable(path)
}

function isWritable(path) {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** A lasting folder if it is ours alone, else a new one: names among the temporary files can be taken by others. */
function substituteHome() {
  const uid = process.getuid?.() ?? 'user'
  const home = join(tmpdir(), `comeback-home-${uid}`)
  try {
    mkdirSync(home, { mode: 0o700 })
    return home
  } catch {
    const facts = lstatSync(home, { throwIfNoEntry: false })
    const ours = facts?.isDirectory() && facts.uid === process.getuid?.() && (facts.mode & 0o077) === 0
    return ours ? home : mkdtempSync(join(tmpdir(), 'comeback-home-'))
  }
}
