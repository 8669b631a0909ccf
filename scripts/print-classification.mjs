// Writes docs/classification.md from the tables of core. `--check` only compares, and fails when they differ.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { tsImport } from 'tsx/esm/api'
import { classificationPage } from './lib/classification-page.mjs'
import { root } from './lib/paths.mjs'
import { main, StepFailure, say } from './lib/step.mjs'

const path = join(root, 'docs', 'classification.md')

await main(async () => {
  const { ruleGroups } = await tsImport('../packages/core/src/classification/rules.ts', import.meta.url)
  const page = classificationPage(ruleGroups)
  const present = existsSync(path) ? readFileSync(path, 'utf8') : undefined
  if (present === page) return
  if (process.argv.includes('--check')) {
    throw new StepFailure(
      'docs/classification.md differs from the tables: node scripts/print-classification.mjs',
    )
  }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, page)
  say('docs/classification.md written')
})
