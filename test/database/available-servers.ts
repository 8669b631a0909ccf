import { type FoundServers, findServer, foundVariable, SettingError } from './find-server.js'
import { preparedData } from './template.js'
import type { Flavour, FoundServer } from './types.js'

const names: Readonly<Record<Flavour, string>> = { mariadb: 'MariaDB', mysql: 'MySQL' }
const flavours: readonly Flavour[] = ['mariadb', 'mysql']

/**
 * The servers to run a suite on, one for each flavour that is to be had. A flavour that is missing is said on
 * stderr with the reason; when none is to be had the error lists the choices.
 */
export async function availableServers(): Promise<FoundServer[]> {
  const { servers } = await findAll()
  // A test run has said it already.
  if (process.env[foundVariable] === undefined)
    for (const line of describeMissing(servers)) console.error(line)
  return flavours.flatMap(flavour => {
    const server = servers[flavour]
    return 'missing' in server ? [] : [server]
  })
}

/**
 * Looks for both flavours; throws when there is no server to take unless one is asked for, and when a setting
 * is wrong.
 */
export async function findAll(): Promise<FoundServers> {
  const { flavour: standard } = await findServer()
  return { standard, servers: { mariadb: await orReason('mariadb'), mysql: await orReason('mysql') } }
}

async function orReason(flavour: Flavour): Promise<FoundServer | { readonly missing: string }> {
  try {
    return await findServer(flavour)
  } catch (error) {
    if (!(error instanceof Error) || error instanceof SettingError) throw error
    return { missing: error.message }
  }
}

export function describeFound(servers: FoundServers['servers']): string[] {
  return flavours.flatMap(flavour => {
    const server = servers[flavour]
    if ('missing' in server) return []
    const faults = server.kind === 'url' ? '; kill9, restart and freeze cannot be made with it' : ''
    return [`${names[flavour]} ${server.version} (${server.origin}${faults})`]
  })
}

export function describeMissing(servers: FoundServers['servers']): string[] {
  return flavours.flatMap(flavour => {
    const server = servers[flavour]
    if (!('missing' in server)) return []
    return [`${names[flavour]} LANE SKIPPED: ${server.missing}`]
  })
}

/** Makes the data folders that the servers are copied from, so that the first test does not wait for it. */
export async function prepareAll(servers: FoundServers['servers']): Promise<void> {
  for (const flavour of flavours) {
    const server = servers[flavour]
    if (!('missing' in server) && server.kind === 'binary') await preparedData(server)
  }
}
