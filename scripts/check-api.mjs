// Compares the public surface of each package with its report in packages/*/etc, and asks that all of it is
// documented. `--write` writes the reports. Needs a build.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publishedPackages } from './lib/packages.mjs'
import { bin } from './lib/paths.mjs'
import { run } from './lib/process.mjs'
import { main, StepFailure } from './lib/step.mjs'

// What tells the members of a union apart says all there is to say: `readonly kind: 'cut'`.
const discriminant = /^\s+(?:readonly )?\w+: '[^']*';$/

await main(async () => {
  const write = process.argv.includes('--write')
  const complaints = []
  for (const one of publishedPackages()) {
    for (const entry of one.entries) {
      const report = await reportOf(one, entry)
      const path = join(one.path, 'etc', `${entry.label}.api.md`)
      if (write) {
        mkdirSync(join(one.path, 'etc'), { recursive: true })
        writeFileSync(path, report)
      } else if (!existsSync(path) || readFileSync(path, 'utf8') !== report) {
        complaints.push(
          `${label(one, entry)}: the public surface is not the one in etc/${entry.label}.api.md`,
        )
      }
      complaints.push(...undocumented(report).map(line => `${label(one, entry)}: not documented: ${line}`))
    }
  }
  if (complaints.length === 0) return
  const advice = write ? '' : '\nIf the change is meant: npm run build && node scripts/check-api.mjs --write'
  throw new StepFailure(complaints.join('\n') + advice)
})

async function reportOf(one, entry) {
  // Inside the package, because the extractor takes the name of the package from the folders above its files.
  const work = join(one.path, '.cache', 'api', entry.label)
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  const config = {
    projectFolder: one.path,
    mainEntryPointFilePath: join(one.path, entry.types),
    compiler: { overrideTsconfig: compilerOptions(join(one.path, entry.types)) },
    apiReport: {
      enabled: true,
      reportFileName: `${entry.label}.api.md`,
      reportFolder: work,
      reportTempFolder: join(work, 'temp'),
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    newlineKind: 'lf',
    messages: {
      // Releases are told apart by the version, not by tags on each export; and the report says the rest.
      extractorMessageReporting: {
        default: { logLevel: 'warning', addToApiReportFile: true },
        'ae-missing-release-tag': { logLevel: 'none' },
      },
      tsdocMessageReporting: { default: { logLevel: 'none' } },
    },
  }
  const path = join(work, 'api-extractor.json')
  writeFileSync(path, JSON.stringify(config))
  const { output } = await run(bin('api-extractor'), ['run', '--local', '--config', path], { cwd: one.path })
  const report = join(work, `${entry.label}.api.md`)
  if (!existsSync(report)) throw new StepFailure(`${output}\n${label(one, entry)}: no report could be made`)
  return readFileSync(report, 'utf8')
}

function compilerOptions(file) {
  return {
    compilerOptions: {
      target: 'es2023',
      lib: ['es2023', 'esnext.disposable'],
      module: 'nodenext',
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
    },
    files: [file],
  }
}

function undocumented(report) {
  const found = []
  let owner = ''
  report.split('\n').forEach((line, index, lines) => {
    owner = /^export .*?\b(?:class|interface|type|function|const) (\w+)/.exec(line)?.[1] ?? owner
    if (!line.includes('(undocumented)')) return
    const declaration = lines.find((other, at) => at > index && !other.trim().startsWith('//')) ?? ''
    const isMember = declaration.startsWith(' ')
    if (!(isMember && discriminant.test(declaration))) {
      found.push(isMember ? `${owner}: ${declaration.trim()}` : declaration)
    }
  })
  return found
}

function label(one, entry) {
  return join(one.name, entry.subpath)
}
