import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PrivateApt } from './apt.js'
import { type AptSource, type Distribution, distribution, distributionSources } from './apt-sources.js'
import { cacheFolder, partFolder, removeParts } from './cache-folder.js'
import { identify } from './identify.js'
import { withLock } from './lock.js'
import { type Progress, stderrProgress } from './progress.js'
import type { Flavour, ServerBinary } from './types.js'
import { unpackServer } from './unpack.js'

interface Plan {
  readonly label: string
  readonly packages: RegExp
  readonly sources: readonly AptSource[]
  /** The suite is part of the cached folder's name: a home folder may be shared by several systems. */
  readonly suite: string
}

/**
 * Brings a server without root: the distribution's own package and all its libraries, unpacked into the cache
 * folder. Only one of several callers downloads. Throws with the reason where that cannot be done.
 */
export async function fetchServer(flavour: Flavour): Promise<ServerBinary> {
  const system = distribution()
  if (system === undefined) throw new Error('this system has no apt (not Debian, not Ubuntu)')
  const plan = flavour === 'mariadb' ? mariadbPlan(system) : mysqlPlan(system)
  const folder = join(cacheFolder(), 'servers', `${flavour}-${plan.suite}-${process.arch}`)
  await mkdir(dirname(folder), { recursive: true })
  const origin = `${plan.suite} package in ${folder}`
  const cached = await fromCache(folder, origin)
  if (cached !== undefined) return cached
  const progress = stderrProgress()
  const onWait = (): void => progress.update(`${plan.label}: another process is fetching it`)
  return await withLock(
    `${folder}.lock`,
    async alone => {
      if (alone) await removeParts(folder)
      return (await fromCache(folder, origin)) ?? (await fetchInto(folder, plan, origin, progress))
    },
    onWait,
  )
}

async function fromCache(folder: string, origin: string): Promise<ServerBinary | undefined> {
  const program = join(folder, 'server')
  if (!existsSync(program)) return undefined
  try {
    return await identify(program, origin)
  } catch {
    // Damaged: what was there is fetched anew.
    return undefined
  }
}

async function fetchInto(
  folder: string,
  { label, packages, sources }: Plan,
  origin: string,
  progress: Progress,
): Promise<ServerBinary> {
  const work = await partFolder(folder)
  try {
    const apt = await PrivateApt.create(join(work, 'apt'), sources)
    progress.update(`${label}: reading the package index`, 0)
    const complaints = await apt.update(percent =>
      progress.update(`${label}: reading the package index`, percent),
    )
    const [name] = await apt.search(packages)
    if (name === undefined) {
      throw new Error(complaints === '' ? 'the package sources do not have it' : complaints)
    }
    const files = await apt.download(name, percent =>
      progress.update(`${label}: downloading ${name}`, percent),
    )
    progress.update(`${label}: unpacking`)
    const root = join(work, 'root')
    await unpackServer(files, root)
    // A program that does not run here is not kept. The rename makes the folder appear whole or not at all.
    const { version } = await identify(join(root, 'server'), origin)
    await rm(folder, { recursive: true, force: true })
    await rename(root, folder)
    progress.done(`${label} ${version} is ready in ${folder}`)
    return await identify(join(folder, 'server'), origin)
  } catch (error) {
    progress.done(`${label}: could not be fetched`)
    throw error
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

function mariadbPlan(system: Distribution): Plan {
  return {
    label: 'MariaDB',
    packages: /^mariadb-server-core(-[0-9.]+)?$/,
    sources: ownSources(system),
    suite: `${system.id}-${system.codename}`,
  }
}

function mysqlPlan(system: Distribution): Plan {
  const sources = ownSources(system)
  const packages = /^mysql-server-core(-[0-9.]+)?$/
  if (system.id !== 'debian') {
    return { label: 'MySQL', packages, sources, suite: `${system.id}-${system.codename}` }
  }
  // Debian has MySQL only in its unstable suite. Nothing of it is installed, so it can stand beside any
  // release.
  const main = sources.find(source => source.suites.includes(system.codename)) ?? sources[0]
  const uri = main?.uris[0]
  if (uri === undefined) throw new Error('apt has no sources')
  const signedBy = main?.signedBy ?? '/usr/share/keyrings/debian-archive-keyring.gpg'
  const text = `deb [signed-by=${signedBy}] ${uri} sid main`
  const sid: AptSource = { form: 'list', text, uris: [uri], suites: ['sid'], signedBy }
  return { label: 'MySQL', packages, sources: [sid], suite: 'debian-sid' }
}

function ownSources(system: Distribution): AptSource[] {
  const sources = distributionSources(system)
  if (sources.length === 0) throw new Error('apt has no sources')
  return sources
}
