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
  { name: 'build', command: script('build.mjs') },
  { name: 'types', command: [bin('tsc'), '--build'] },
  { name: 'format and lint', command: [bin('biome'), 'check', '--error-on-warnings', '.'] },
  { name: 'lint with types', command: [bin('oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'file size', command: script('check-file-size.mjs') },
  { name: 'words', command: script('check-words.mjs') },
  { name: 'unused code', command: [bin('knip'), '--no-progress'] },
  { name: 'examples', command: script('check-examples.mjs') },
  { name: 'classification page', command: script('print-classification.mjs', '--check') },
  { name: 'public surface', command: script('check-api.mjs'), needsBuild: true },
  { name: 'packages', command: script('check-packages.mjs'), needsBuild: true },
]

await main(async () => {
  const failedChecks = []
  for (const { name, command, needsBuild } of checks) {
    if (needsBuild && failedChecks.includes('build')) {
      say(`  - ${name}: left out, because the build failed`)
      continue
    }
    try {
      const [program, ...args] = command
      await commandStep(name, program, args)
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
