// Packs each published package as a release does, and asks whether every kind of importer can use it. Needs a build.
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { packPublished } from './lib/pack.mjs'
import { bin, scratch } from './lib/paths.mjs'
import { commandStep, main } from './lib/step.mjs'

const folder = join(scratch, 'tarballs')

await main(async () => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  await packPublished(folder)
  for (const tarball of readdirSync(folder)) {
    const path = join(folder, tarball)
    await commandStep(`publint ${tarball}`, bin('publint'), ['run', path, '--strict'])
    await commandStep(`attw ${tarball}`, bin('attw'), [path])
  }
})
