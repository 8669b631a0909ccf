import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the checkout. */
export const root = resolve(fileURLToPath(new URL('../..', import.meta.url)))

/** Where scripts leave files that nobody needs to keep. */
export const scratch = join(root, '.cache')

/** A command that the workspace has installed. */
export function bin(name) {
  return join(root, 'node_modules', '.bin', name)
}
