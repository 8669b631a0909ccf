import { existsSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { fetchServer } from './fetch-server.js'
import { identify } from './identify.js'
import { identifyUrl } from './identify-url.js'
import { missingServerMessage } from './missing-server.js'
import type { Flavour, FoundServer } from './types.js'

export const serverVariable = 'COMEBACK_DATABASE_SERVER'
export const mysqlVariable = 'COMEBACK_MYSQL_SERVER'
/** Set by the global set-up of a test run, so that its workers need not look again. */
export const foundVariable = 'COMEBACK_FOUND_SERVERS'

/** What a test run found, each flavour or the reason why it is missing. */
export type FoundServers = Readonly<Record<Flavour, FoundServer | { readonly missing: string }>>

const memory = new Map<Flavour | undefined, Promise<FoundServer>>()

/**
 * The server to start: the one an environment variable names, else a program of this machine, else one that is fetched. Without a
 * flavour the first that is found in this order. Throws an error that lists the choices when there is none.
 */
export function findServer(flavour?: Flavour): Promise<FoundServer> {
  let found = memory.get(flavour)
  if (found === undefined) {
    found = find(flavour)
    memory.set(flavour, found)
    // A failure (no network) is not for ever.
    found.catch(() => memory.delete(flavour))
  }
  return found
}

async function find(flavour: Flavour | undefined): Promise<FoundServer> {
  const known = process.env[foundVariable]
  if (known !== undefined) return fromRun(JSON.parse(known) as FoundServers, flavour)
  const tried: string[] = []
  const found = (await fromEnvironment(flavour, tried)) ?? (await fromMachine(flavour, tried))
  if (found !== undefined) return found
  try {
    return await fetchServer(flavour ?? 'mariadb')
  } catch (error) {
    tried.push(`fetching it: ${error instanceof Error ? error.message : String(error)}`)
    throw new Error(missingServerMessage(flavour, tried), { cause: error })
  }
}

function fromRun(servers: FoundServers, flavour: Flavour | undefined): FoundServer {
  const wanted = flavour === undefined ? [servers.mariadb, servers.mysql] : [servers[flavour]]
  for (const found of wanted) if (!('missing' in found)) return found
  throw new Error(wanted.map(found => ('missing' in found ? found.missing : '')).join('\n'))
}

/** A variable that is set is a decision: what it names is used or is an error, and nothing else is looked for. */
async function fromEnvironment(
  flavour: Flavour | undefined,
  tried: string[],
): Promise<FoundServer | undefined> {
  const variables = flavour === 'mysql' ? [mysqlVariable, serverVariable] : [serverVariable]
  for (const variable of variables) {
    const value = process.env[variable]
    if (value === undefined || value === '') {
      tried.push(`${variable} is not set`)
      continue
    }
    if (variable === mysqlVariable && value === 'off') throw new Error(`${mysqlVariable} is off`)
    const found = await named(variable, value)
    if (flavour === undefined || found.flavour === flavour) return found
    if (variable === mysqlVariable)
      throw new Error(`${mysqlVariable}=${value} is not MySQL but ${found.flavour}`)
    tried.push(`${variable} names a ${found.flavour} server`)
  }
  return undefined
}

async function named(variable: string, value: string): Promise<FoundServer> {
  const origin = `named by ${variable}`
  if (value.startsWith('mysql://')) return await identifyUrl(value, origin)
  if (!isAbsolute(value)) {
    throw new Error(
      `${variable} must be the absolute path of mariadbd or mysqld, or a mysql:// URL; it is ${value}`,
    )
  }
  try {
    return await identify(value, origin)
  } catch (error) {
    throw new Error(`${variable}=${value} is no server program that runs here`, { cause: error })
  }
}

async function fromMachine(flavour: Flavour | undefined, tried: string[]): Promise<FoundServer | undefined> {
  const folders = new Set([
    ...(process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute),
    '/usr/sbin',
    '/usr/local/sbin',
    '/usr/libexec',
  ])
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
  tried.push('no other mariadbd or mysqld in PATH, /usr/sbin, /usr/local/sbin or /usr/libexec')
  return undefined
}
