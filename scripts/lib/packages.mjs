import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.mjs'

/**
 * The published packages, each after those it depends on.
 *
 * @returns {{ folder: string, path: string, name: string, manifest: Record<string, any>, entries: Entry[] }[]}
 * @typedef {{ subpath: string, label: string, types: string }} Entry one importable module of a package
 */
export function publishedPackages() {
  const found = readdirSync(join(root, 'packages'))
    .filter(folder => existsSync(join(root, 'packages', folder, 'package.json')))
    .map(folder => describe(folder))
    .filter(({ manifest }) => !manifest.private)
  const ordered = []
  const visit = one => {
    if (ordered.includes(one)) return
    for (const dependency of Object.keys(one.manifest.dependencies ?? {})) {
      const other = found.find(({ name }) => name === dependency)
      if (other) visit(other)
    }
    ordered.push(one)
  }
  for (const one of found) visit(one)
  return ordered
}

function describe(folder) {
  const path = join(root, 'packages', folder)
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  const entries = Object.entries(manifest.exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([subpath, target]) => ({
      subpath,
      label: [folder, ...subpath.split('/').slice(1)].join('-'),
      types: target.import.types,
    }))
  return { folder, path, name: manifest.name, manifest, entries }
}
