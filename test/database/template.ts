import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder, partFolder, removeParts } from './cache-folder.js'
import { withLock } from './lock.js'
import { accountStatements, storageFlags } from './server-flags.js'
import type { ServerBinary } from './types.js'

const run = promisify(execFile)

/**
 * The prepared data folder for this server: made once, kept in the cache, copied for every server that is
 * started.
 */
export async function preparedData(server: ServerBinary): Promise<string> {
  const folder = join(cacheFolder(), 'data', await templateName(server))
  if (existsSync(folder)) return folder
  await mkdir(dirname(folder), { recursive: true })
  return await withLock(`${folder}.lock`, async alone => {
    if (alone) await removeParts(folder)
    if (!existsSync(folder)) await prepare(server, folder)
    return folder
  })
}

/** Everything that decides what the folder holds is in its name. */
async function templateName(server: ServerBinary): Promise<string> {
  const { mtimeMs, size } = await stat(server.path)
  const recipe = [server.path, mtimeMs, size, ...storageFlags(server.flavour), ...accountStatements()]
  const hash = createHash('sha256').update(recipe.join('\n')).digest('hex').slice(0, 12)
  return `${server.flavour}-${server.version}-${hash}`
}

async function prepare(server: ServerBinary, folder: string): Promise<void> {
  const work = await partFolder(folder)
  try {
    const data = join(work, 'data')
    await mkdir(data, { mode: 0o700 })
    await (server.flavour === 'mariadb' ? prepareMariadb(server, data) : prepareMysql(server, data, work))
    await rename(data, folder)
  } catch (error) {
    // Somebody without the lock (a machine without flock) may have been faster.
    if (!existsSync(folder)) throw error
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** MariaDB makes its system tables from SQL files that lie in its share folder. */
async function prepareMariadb(server: ServerBinary, data: string): Promise<void> {
  const share = await shareFolder(server)
  const sql = ['CREATE DATABASE mysql;', 'USE mysql;']
  for (const name of ['system_tables', 'performance_tables', 'system_tables_data', 'sys_schema']) {
    const file = ['mysql', 'mariadb'].map(prefix => join(share, `${prefix}_${name}.sql`)).find(existsSync)
    if (file !== undefined) sql.push(await readFile(file, 'utf8'))
    else if (name === 'system_tables') throw new Error(`${share} holds no mysql_system_tables.sql`)
  }
  sql.push('FLUSH PRIVILEGES;', ...accountStatements())
  await runOnce(server, data, ['--bootstrap', '--skip-networking'], `${sql.join('\n')}\n`)
}

/** MySQL allows accounts only in its second run; the last statement ends that one. */
async function prepareMysql(server: ServerBinary, data: string, work: string): Promise<void> {
  await runOnce(server, data, ['--initialize-insecure'])
  const init = join(work, 'init.sql')
  await writeFile(init, `${[...accountStatements(), 'SHUTDOWN;'].join('\n')}\n`)
  await runOnce(server, data, [
    `--init-file=${init}`,
    '--skip-networking',
    `--socket=${join(work, 's.sock')}`,
  ])
  // The copies are to be different servers to each other.
  await rm(join(data, 'auto.cnf'), { force: true })
}

async function runOnce(server: ServerBinary, data: string, flags: string[], input = ''): Promise<void> {
  const args = ['--no-defaults', `--datadir=${data}`, ...storageFlags(server.flavour), ...flags]
  const child = spawn(server.path, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4000)
    })
  }
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new Error(`${server.path} could not prepare a data folder (exit ${code}):\n${output}`)
}

async function shareFolder(server: ServerBinary): Promise<string> {
  const { stdout } = await run(server.path, ['--no-defaults', '--verbose', '--help'], { maxBuffer: 1 << 24 })
  const charsets = /^character-sets-dir\s+(\/\S+)/m.exec(stdout)?.[1]
  if (charsets === undefined) throw new Error(`${server.path} does not say where its share folder is`)
  return dirname(charsets.replace(/\/$/, ''))
}

/** A sparse copy: the data files consist mostly of zeros. */
export async function copyData(from: string, to: string): Promise<void> {
  try {
    await run('cp', ['-R', '-p', '--sparse=always', '--reflink=auto', `${from}/.`, to])
  } catch {
    // A `cp` without these options.
    await rm(to, { recursive: true, force: true })
    await cp(from, to, { recursive: true })
  }
}
