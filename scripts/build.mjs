// Builds the published packages (or those named): ES modules and CommonJS, each with its declarations.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publishedPackages } from './lib/packages.mjs'
import { bin } from './lib/paths.mjs'
import { commandStep, main, StepFailure } from './lib/step.mjs'

const commonjs = ['--module', 'commonjs', '--moduleResolution', 'bundler', '--verbatimModuleSyntax', 'false']

await main(async () => {
  const wanted = process.argv.slice(2)
  const packages = publishedPackages()
  const unknown = wanted.filter(folder => !packages.some(one => one.folder === folder))
  if (unknown.length > 0) {
    throw new StepFailure(
      `No package ${unknown.join(', ')}; there are ${packages.map(p => p.folder).join(', ')}.`,
    )
  }
  for (const { folder, name, path } of packages) {
    if (wanted.length > 0 && !wanted.includes(folder)) continue
    rmSync(join(path, 'dist'), { recursive: true, force: true })
    const tsc = ['--project', 'tsconfig.build.json', '--outDir']
    await commandStep(`build ${name}`, bin('tsc'), [...tsc, 'dist/esm'], { cwd: path })
    await commandStep(`build ${name} for require()`, bin('tsc'), [...tsc, 'dist/cjs', ...commonjs], {
      cwd: path,
    })
    writeFileSync(join(path, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n')
  }
})
