// npm test, npm run demo …: works right after a clone, with nothing but Node and npm.
import { join } from 'node:path'
import { ensureGenerated } from './lib/generate.mjs'
import { ensureInstalled, requireNode } from './lib/install.mjs'
import { bin, root } from './lib/paths.mjs'
import { run } from './lib/process.mjs'
import { main, StepFailure } from './lib/step.mjs'

/** What a task needs to have been done. */
const before = { bench: ['build'] }

const tasks = {
  test: args => [bin('vitest'), ['run', ...args]],
  demo: args => typescript('examples/demo/src/main.ts', args),
  sweep: args => typescript('test/sweep/main.ts', args),
  soak: args => typescript('test/soak/main.ts', args, ['--expose-gc']),
  // As it is installed: what a compiler on the fly adds to the source would be measured as well.
  bench: args => [process.execPath, ['--import', 'tsx', join(root, 'bench/src/main.ts'), ...args]],
  build: args => [process.execPath, [join(root, 'scripts/build.mjs'), ...args]],
  check: args => [process.execPath, [join(root, 'scripts/gate.mjs'), '--no-tests', ...args]],
  gate: args => [process.execPath, [join(root, 'scripts/gate.mjs'), ...args]],
  fix: args => [bin('biome'), ['check', '--write', ...(args.length > 0 ? args : ['.'])]],
}

/** A program of the workspace, straight from its source. */
function typescript(file, args, nodeOptions = []) {
  return [
    process.execPath,
    [...nodeOptions, '--conditions=comeback-source', '--import', 'tsx', join(root, file), ...args],
  ]
}

await main(async () => {
  const [name, ...args] = process.argv.slice(2)
  const task = Object.hasOwn(tasks, name ?? '') ? tasks[name] : undefined
  if (!task) throw new StepFailure(`Usage: node scripts/run.mjs ${Object.keys(tasks).join('|')} [arguments]`)
  requireNode()
  await ensureInstalled()
  await ensureGenerated()
  for (const one of before[name] ?? []) {
    const [command, commandArgs] = tasks[one]([])
    const { status } = await run(command, commandArgs, { show: true })
    if (status !== 0) return status
  }
  const [command, commandArgs] = task(args)
  const { status } = await run(command, commandArgs, { show: true })
  return status
})
