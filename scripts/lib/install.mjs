import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.mjs'
import { run } from './process.mjs'
import { StepFailure, step } from './step.mjs'

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const stamp = join(root, 'node_modules', '.comeback-installed')

/** The package manager in the one version that the lockfile was written with, brought by npm itself. */
export const pnpm = ['npx', '--yes', manifest.packageManager]

/** Says so if this Node is older than the packages allow: some of them would fail in odd ways. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new StepFailure(`Node ${manifest.engines.node} is needed; this is ${process.versions.node}.`)
}

/** Installs the workspace unless exactly this lockfile was installed by exactly this Node. */
export async function ensureInstalled() {
  const wanted = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  requireWritable()
  await step(`installing packages with ${manifest.packageManager}`, async note => {
    const [command, ...args] = pnpm
    const { status, output } = await run(
      command,
      [
        ...args,
        'install',
        '--frozen-lockfile',
        '--config.confirm-modules-purge=false',
        '--reporter=append-only',
      ],
      { onLine: note },
    )
    if (status !== 0) throw new StepFailure(`${output.trimEnd()}\n\n${advice(status, output)}`)
    writeFileSync(stamp, wanted)
  })
}

function fingerprint() {
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(root, file)))
  return `${hash.digest('hex')} ${process.platform} ${process.arch} ${process.version}\n`
}

function requireWritable() {
  try {
    accessSync(root, constants.W_OK)
  } catch {
    throw new StepFailure(
      `Packages are installed into ${root}, which this user may not write. Clone it as this user.`,
    )
  }
}

function advice(status, output) {
  if (status === 127) return 'npx was not found. It comes with npm: install npm, or put it into PATH.'
  if (/OUTDATED_LOCKFILE/.test(output)) {
    return `A package.json was changed without the lockfile. Run: ${pnpm.join(' ')} install`
  }
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|UND_ERR|ERR_PNPM_META_FETCH_FAIL/.test(output)) {
    return "The packages could not be downloaded. The first run needs the network (and npm's proxy settings, if there is a proxy)."
  }
  return `The packages could not be installed. To see it happen, run: ${pnpm.join(' ')} install`
}
