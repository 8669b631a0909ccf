// All that must hold before a change is merged. Every step runs even if one before it failed, so that one run
// tells all. `--no-tests` leaves the tests out.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { bin, root, scratch } from './lib/paths.mjs'
import { run } from './lib/process.mjs'
import { commandStep, main, StepFailure, say, seconds } from './lib/step.mjs'
import { countsOf } from './lib/test-report.mjs'

const script = (name, ...args) => [process.execPath, join(root, 'scripts', name), ...args]

const checks = [
  ['build', script('build.mjs')],
  ['types', [bin('tsc'), '--build']],
  ['format and lint', [bin('biome'), 'check', '--error-on-warnings', '.']],
  ['lint with types', [bin('oxlint'), '--type-aware', '--deny-warnings']],
  ['file size', script('check-file-size.mjs')],
  ['words', script('check-words.mjs')],
  ['unused code', [bin('knip'), '--no-progress']],
  ['examples', script('check-examples.mjs')],
  ['public surface', script('check-api.mjs')],
  ['packages', script('check-packages.mjs')],
  ...(existsSync(join(root, 'scripts/print-classification.mjs'))
    ? [['classification page', script('print-classification.mjs', '--check')]]
    : []),
]

const needBuild = new Set(['public surface', 'packages'])

await main(async () => {
  const failedChecks = []
  for (const [name, [command, ...args]] of checks) {
    if (needBuild.has(name) && failedChecks.includes('build')) {
      say(`  - ${name}: left out, because the build failed`)
      continue
    }
    try {
      await commandStep(name, command, args)
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error
      say(error.message)
      failedChecks.push(name)
    }
  }
  if (failedChecks.length > 0) say(`\nFailed checks: ${failedChecks.join(', ')}`)
  if (process.argv.includes('--no-tests')) return failedChecks.length > 0 ? 1 : 0

  const { passed, failed } = await runTests()
  if (failedChecks.length > 0) say(`Failed checks: ${failedChecks.join(', ')}`)
  process.stdout.write(`${passed} passed, ${failed + failedChecks.length} failed\n`)
  return passed > 0 && failed + failedChecks.length === 0 ? 0 : 1
})

/** The command of the README, with a report to count from. */
async function runTests() {
  const report = join(scratch, 'test-report.json')
  mkdirSync(scratch, { recursive: true })
  rmSync(report, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const startedAt = performance.now()
  const { status } = await run('npm', ['test', '--', ...reporters], { show: true })
  say(`  ${status === 0 ? '✓' : '✗'} tests  ${seconds(startedAt)}`)
  const text = existsSync(report) ? readFileSync(report, 'utf8') : undefined
  return countsOf(text, status)
}
