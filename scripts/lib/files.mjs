import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { root } from './paths.mjs'

const generated = new Set(['.git', 'node_modules', 'dist', '.tsc', '.cache', 'coverage', 'temp', 'generated'])

/**
 * Files of the checkout, without what is installed or generated. Does not ask git, which may be missing or
 * refuse a checkout that belongs to another user.
 *
 * @param {(path: string) => boolean} wanted told each path relative to the root, with forward slashes
 * @returns {string[]} sorted
 */
export function files(wanted = () => true) {
  const found = []
  const walk = folder => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (!generated.has(entry.name)) walk(path)
      } else if (entry.isFile()) {
        const name = relative(root, path).split(sep).join('/')
        if (wanted(name)) found.push(name)
      }
    }
  }
  walk(root)
  return found.sort((a, b) => a.localeCompare(b, 'en'))
}
