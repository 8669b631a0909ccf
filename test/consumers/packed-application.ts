import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packageNames, peers, root, toolVersion } from './published-packages.js'
import { run } from './run-node.js'

/** TypeScript compilers of applications: the oldest that is supported, and the one of the workspace. */
export const compilers: readonly string[] = ['typescript-oldest', 'typescript-newest']

/** A folder outside the workspace with everything installed from tarballs, as npm gives it to a user. */
export interface PackedApplication {
  readonly path: string
  /** Writes a file and returns its path. */
  write(name: string, text: string): string
  remove(): void
}

/** Builds, packs and installs all published packages. */
export async function installPacked(): Promise<PackedApplication> {
  const path = mkdtempSync(join(tmpdir(), 'comeback-consumer-'))
  const remove = (): void => rmSync(path, { recursive: true, force: true })
  try {
    await install(path)
  } catch (error) {
    remove()
    throw error
  }
  return {
    path,
    write(name, text) {
      const file = join(path, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      return file
    },
    remove,
  }
}

async function install(path: string): Promise<void> {
  const tarballs = join(path, 'tarballs')
  mkdirSync(tarballs)
  await run(process.execPath, [join(root, 'scripts/pack.mjs'), tarballs], root)
  const manifest = {
    name: 'consumer',
    private: true,
    dependencies: {
      ...Object.fromEntries(packageNames.map(name => [name, `file:${tarballOf(name, tarballs)}`])),
      ...peers(),
      '@types/node': toolVersion('@types/node'),
      'typescript-oldest': 'npm:typescript@5.4.5',
      'typescript-newest': `npm:typescript@${toolVersion('typescript')}`,
    },
  }
  writeFileSync(join(path, 'package.json'), JSON.stringify(manifest))
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], path)
}

function tarballOf(name: string, folder: string): string {
  const prefix = `${name.replace('@', '').replace('/', '-')}-`
  const file = readdirSync(folder).find(candidate => candidate.startsWith(prefix))
  if (file === undefined) throw new Error(`${name} was not packed`)
  return join(folder, file)
}
