import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

const leftOut: readonly string[] = [
  './usr/share/doc',
  './usr/share/man',
  './usr/share/locale',
  './usr/share/lintian',
  './usr/share/gdb',
  // Client programs.
  './usr/bin',
  '*/gconv/*',
]

/**
 * Unpacks packages into `root` and writes `root/server`, which starts the server in them with the loader and
 * libraries they bring.
 */
export async function unpackServer(packages: readonly string[], root: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o700 })
  const exclude = leftOut.map(pattern => `--exclude=${pattern}`)
  const script =
    'set -e; f=$1; root=$2; shift 2; dpkg-deb --fsys-tarfile "$f" | tar -x -C "$root" --no-same-owner --keep-directory-symlink "$@"'
  for (const file of packages) {
    await promisify(execFile)('/bin/sh', ['-c', script, 'unpack', file, root, ...exclude])
  }
  await writeFile(join(root, 'packages.txt'), `${packages.map(file => basename(file)).join('\n')}\n`)
  const start = join(root, 'server')
  await writeFile(start, startScript(root))
  await chmod(start, 0o755)
}

function startScript(root: string): string {
  const program = ['usr/sbin/mariadbd', 'usr/sbin/mysqld'].find(path => existsSync(join(root, path)))
  if (program === undefined) throw new Error('the packages hold no server program')
  const libraries = ['lib', 'usr/lib'].flatMap(folder =>
    names(join(root, folder))
      .filter(name => name.includes('-linux-gnu'))
      .map(name => `${folder}/${name}`),
  )
  const loader = [...libraries, 'lib', 'lib64', 'usr/lib', 'usr/lib64']
    .flatMap(folder => names(join(root, folder)).map(name => `${folder}/${name}`))
    .find(path => /\/ld(?:-linux[^/]*|64)\.so\.\d+$/.test(path))
  if (loader === undefined) throw new Error('the packages hold no loader (ld.so)')
  const share = ['mariadb', 'mysql']
    .map(name => `usr/share/${name}`)
    .find(path => existsSync(join(root, path, 'charsets')))
  if (share === undefined) throw new Error('the packages hold no character sets')
  // exec keeps the process id, so that signals reach the server itself.
  return `#!/bin/sh
root=\${0%/*}
[ "$1" = --no-defaults ] && shift
exec "$root/${loader}" --library-path "${libraries.map(path => `$root/${path}`).join(':')}" "$root/${program}" --no-defaults \\
  --basedir="$root/usr" --plugin-dir="$root/usr/lib/mysql/plugin" \\
  --lc-messages-dir="$root/${share}" --character-sets-dir="$root/${share}/charsets" "$@"
`
}

function names(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
