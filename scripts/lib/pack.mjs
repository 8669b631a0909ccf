import { pnpm } from './install.mjs'
import { publishedPackages } from './packages.mjs'
import { commandStep } from './step.mjs'

/** Puts the tarball of each published package into a folder, with workspace versions made real. */
export async function packPublished(folder) {
  const [command, ...args] = pnpm
  const filters = publishedPackages().flatMap(({ name }) => ['--filter', name])
  await commandStep('pack', command, [...args, ...filters, 'pack', '--pack-destination', folder])
}
