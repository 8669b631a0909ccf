import { existsSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { fetchServer } from './fetch-server.js'
import { identify } from './identify.js'
import { identifyUrl } from './identify-url.js'
import { missingServerMessage } from './missing-server.js'
import type { Flavour, FoundServer } from './types.js'

const serverVariable = 'COMEBACK_DATABASE_SERVER'
const mysqlVariable = 'COMEBACK_MYSQL_SERVER'
const downloadVariable = 'COMEBACK_DOWNLOAD'
/** Set by the global set-up of a test run, so that its workers need not look again. */
export const foundVariable = 'COMEBACK_FOUND_SERVERS'

/** An environment variable names something that cannot be used: never a reason to go on without it. */
export class SettingError extends Error {}

/**
 * What a test run found: each flavour or the reason why it is missing, and the flavour that is taken unless
 * one is asked for.
 */
export interface FoundServers {
  readonly standard: Flavour
  readonly servers: Readonly<Record<Flavour, FoundServer | { readonly missing: string }>>
}

/** What the search looks at. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where programs are looked for besides PATH. */
  readonly folders: readonly string[]
  readonly fetch: (flavour: Flavour) => Promise<FoundServer>
}

const thisMachine: Surroundings = {
  env: process.env,
  folders: ['/usr/sbin', '/usr/local/sbin', '/usr/libexec'],
  fetch: fetchServer,
}

const memory = new Map<Flavour | undefined, Promise<FoundServer>>()

/** `lookForServer` on this machine, once per process. */
export function findServer(flavour?: Flavour): Promise<FoundServer> {
  let found = memory.get(flavour)
  if (found === undefined) {
    found = lookForServer(flavour, thisMachine)
    memory.set(flavour, found)
    // A failure (no network) is not for ever.
    found.catch(() => memory.delete(flavour))
  }
  return found
}

/**
 * The server to start: the one an environment variable names, else a program of the machine, else one that is
 * fetched. Without a flavour the first that is found in this order. Throws an error that lists the choices
 * when there is none.
 */
export async function lookForServer(
  flavour: Flavour | undefined,
  surroundings: Surroundings,
): Promise<FoundServer> {
  const { env, fetch } = surroundings
  const known = env[foundVariable]
  if (known !== undefined) return fromRun(JSON.parse(known) as FoundServers, flavour)
  const tried: string[] = []
  const found =
    (await fromEnvironment(flavour, env, tried)) ?? (await fromMachine(flavour, surroundings, tried))
  if (found !== undefined) return found
  try {
    if (env[downloadVariable] === 'off') throw new Error(`${downloadVariable} is off`)
    return await fetch(flavour ?? 'mariadb')
  } catch (error) {
    tried.push(`fetching it: ${error instanceof Error ? error.message : String(error)}`)
    throw new Error(missingServerMessage(flavour, tried), { cause: error })
  }
}

function fromRun({ standard, servers }: FoundServers, flavour: Flavour = standard): FoundServer {
  const found = servers[flavour]
  if ('missing' in found) throw new Error(found.missing)
  return found
}

/**
 * A variable that is set is a decision: what it names is used or is an error, and nothing else is looked for.
 */
async function fromEnvironment(
  flavour: Flavour | undefined,
  env: Surroundings['env'],
  tried: string[],
): Promise<FoundServer | undefined> {
  const variables = flavour === 'mysql' ? [mysqlVariable, serverVariable] : [serverVariable]
  for (const variable of variables) {
    const value = env[variable]
    if (value === undefined || value === '') {
      tried.push(`${variable} is not set`)
      continue
    }
    if (variable === mysqlVariable && value === 'off') throw new Error(`${mysqlVariable} is off`)
    const found = await named(variable, value)
    if (flavour === undefined || found.flavour === flavour) return found
    if (variable === mysqlVariable) {
      throw new SettingError(`${mysqlVariable} names a ${found.flavour} server, not MySQL`)
    }
    tried.push(`${variable} names a ${found.flavour} server`)
  }
  return undefined
}

async function named(variable: string, value: string): Promise<FoundServer> {
  const origin = `named by ${variable}`
  const isUrl = value.startsWith('mysql://')
  if (!isUrl && !isAbsolute(value)) {
    throw new SettingError(
      `${variable} must be the absolute path of mariadbd or mysqld, or a mysql:// URL; it is a text of ${value.length} characters`,
    )
  }
  try {
    return await (isUrl ? identifyUrl(value, origin) : identify(value, origin))
  } catch (error) {
    // A URL holds a password, so it is not repeated.
    const what = isUrl ? 'a server that cannot be used' : `${value}, which does not run as a server program`
    throw new SettingError(
      `${variable} names ${what}: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    )
  }
}

async function fromMachine(
  flavour: Flavour | undefined,
  { env, folders: further }: Surroundings,
  tried: string[],
): Promise<FoundServer | undefined> {
  const folders = new Set([...(env['PATH'] ?? '').split(delimiter).filter(isAbsolute), ...further])
  for (const name of flavour === 'mysql' ? ['mysqld'] : ['mariadbd', 'mysqld']) {
    for (const folder of folders) {
      const path = join(folder, name)
      if (!existsSync(path)) continue
      try {
        const found = await identify(path, 'installed on this machine')
        if (flavour === undefined || found.flavour === flavour) return found
        tried.push(`${path} is ${found.flavour}`)
      } catch (error) {
        tried.push(`${path} does not run: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
  tried.push(`no other mariadbd or mysqld in PATH, ${further.join(', ')}`)
  return undefined
}
