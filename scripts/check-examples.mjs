// Type-checks every TypeScript example of the pages and of the doc comments against the source.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { docCommentsOf, examplesOf } from './lib/examples.mjs'
import { files } from './lib/files.mjs'
import { bin, root } from './lib/paths.mjs'
import { run } from './lib/process.mjs'
import { main, StepFailure, say } from './lib/step.mjs'

// Below test/, because that package depends on everything that an example may import.
const folder = join(root, 'test', '.cache', 'examples')

const pages =
  /^(?:README\.md|ARCHITECTURE\.md|CONTRIBUTING\.md|docs\/.*\.md|(?:packages|examples)\/[^/]+\/README\.md)$/
const sources = /^packages\/[^/]+\/src\/.*(?<!\.test|\.test-d)\.ts$/

const options = {
  extends: '../../../tsconfig.base.json',
  compilerOptions: {
    composite: false,
    emitDeclarationOnly: false,
    noEmit: true,
    // Examples for Prisma import a generated client of the tests.
    rootDir: '../../..',
    isolatedDeclarations: false,
    // Readers have their own options: an example may leave a result unused and hand on what process.env says.
    exactOptionalPropertyTypes: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    noPropertyAccessFromIndexSignature: false,
  },
  include: ['*.ts'],
}

await main(async () => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options))
  const origins = new Map()
  for (const path of files(path => pages.test(path) || sources.test(path))) {
    const text = readFileSync(join(root, path), 'utf8')
    for (const example of examplesOf(path.endsWith('.ts') ? docCommentsOf(text) : text)) {
      const name = `example-${origins.size + 1}.ts`
      origins.set(name, path)
      writeFileSync(join(folder, name), `${example}\nexport {}\n`)
    }
  }
  if (origins.size === 0) return say('    no examples yet')
  const { status, output } = await run(bin('tsc'), ['--project', 'tsconfig.json', '--pretty', 'false'], {
    cwd: folder,
  })
  if (status !== 0)
    throw new StepFailure(output.replace(/^(example-\d+\.ts)\(/gm, (_, name) => `${origins.get(name)}(`))
  say(`    ${origins.size} examples`)
})
