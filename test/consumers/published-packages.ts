import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly exports: Readonly<Record<string, unknown>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** The folder of the checkout. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url))

const manifests = readdirSync(join(root, 'packages'))
  .map(folder => readManifest(join(root, 'packages', folder)))
  .filter(manifest => !manifest.private)

/** The names of all packages that are published. */
export const packageNames: readonly string[] = manifests.map(({ name }) => name)

/** What an application may import: every package and every subpath with code. */
export const specifiers: readonly string[] = manifests.flatMap(({ name, exports }) =>
  Object.keys(exports)
    .filter(subpath => subpath !== './package.json')
    .map(subpath => join(name, subpath)),
)

/** The peers that an application brings, in the versions that we develop with. */
export function peers(): Record<string, string> {
  const versions: Record<string, string> = {}
  for (const { name, peerDependencies = {}, devDependencies = {} } of manifests) {
    for (const peer of Object.keys(peerDependencies)) {
      const version = devDependencies[peer]
      if (version === undefined) throw new Error(`${name} has a peer ${peer} that it is not developed with`)
      versions[peer] = version
    }
  }
  return versions
}

/** The version of a tool that the workspace itself uses. */
export function toolVersion(name: string): string {
  const version = readManifest(root).devDependencies?.[name]
  if (version === undefined) throw new Error(`The workspace has no ${name}`)
  return version
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}
