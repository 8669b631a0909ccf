// node scripts/pack.mjs <folder>: builds the published packages and puts their tarballs into the folder.
import { resolve } from 'node:path'
import { packPublished } from './lib/pack.mjs'
import { root } from './lib/paths.mjs'
import { commandStep, main, StepFailure } from './lib/step.mjs'

await main(async () => {
  const [folder] = process.argv.slice(2)
  if (!folder) throw new StepFailure('Usage: node scripts/pack.mjs <folder>')
  await commandStep('build', process.execPath, [`${root}/scripts/build.mjs`])
  await packPublished(resolve(folder))
})
