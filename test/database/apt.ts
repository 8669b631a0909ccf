import { spawn } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { AptSource } from './apt-sources.js'

/**
 * Taken as installed, so that apt neither fetches nor unpacks them: the server program itself needs none of
 * them.
 */
const notNeeded: readonly string[] = [
  'adduser',
  'debconf',
  'gawk',
  'init-system-helpers',
  'libdbi-perl',
  'lsb-base',
  'mariadb-common',
  'mysql-common',
  'passwd',
  'perl',
  'perl-base',
  'psmisc',
]

/**
 * apt with folders of its own: it needs no root, reads nothing of the machine's state and changes nothing of
 * it.
 */
export class PrivateApt {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async create(folder: string, sources: readonly AptSource[]): Promise<PrivateApt> {
    const apt = new PrivateApt(folder)
    for (const name of [
      'state/lists/partial',
      'cache/archives/partial',
      'etc/sources.d',
      'etc/preferences.d',
      'log',
    ]) {
      await mkdir(join(folder, name), { recursive: true })
    }
    for (const [index, { form, text }] of sources.entries()) {
      await writeFile(join(folder, 'etc/sources.d', `${index}.${form}`), `${text}\n`)
    }
    await writeFile(join(folder, 'state/status'), notNeeded.map(installedStub).join('\n'))
    await writeFile(join(folder, 'apt.conf'), configuration(folder))
    return apt
  }

  /**
   * Reads the package index; gives what apt complained of, since it does not call it a failure when a source
   * is out of reach.
   */
  async update(onPercent: (percent: number) => void): Promise<string> {
    return (await this.#apt('apt-get', ['update'], onPercent)).complaints
  }

  /** The names of available packages that match, best first: the plain name, then the highest number. */
  async search(pattern: RegExp): Promise<string[]> {
    const { output } = await this.#apt('apt-cache', ['search', '--names-only', pattern.source])
    return output
      .split('\n')
      .map(line => line.split(' ')[0] ?? '')
      .filter(name => pattern.test(name))
      .sort((a, b) => lastNumber(b) - lastNumber(a))
  }

  /** Downloads a package with all it needs, apt having checked the signatures; gives the files. */
  async download(name: string, onPercent: (percent: number) => void): Promise<string[]> {
    await this.#apt('apt-get', ['install', '--yes', '--download-only', name], onPercent)
    const archives = join(this.#folder, 'cache/archives')
    const files = (await readdir(archives)).filter(file => file.endsWith('.deb'))
    return files.sort().map(file => join(archives, file))
  }

  async #apt(program: string, args: string[], onPercent?: (percent: number) => void): Promise<Said> {
    const status = onPercent === undefined ? [] : ['-o', 'APT::Status-Fd=3']
    return await collect(
      `/usr/bin/${program}`,
      ['-q', '-c', join(this.#folder, 'apt.conf'), ...status, ...args],
      line => {
        // dlstatus:3:41.5:Retrieving file 3 of 7
        const percent = Number(/^dlstatus:\d+:([\d.]+):/.exec(line)?.[1])
        if (percent >= 0) onPercent?.(percent)
      },
    )
  }
}

function installedStub(name: string): string {
  const lines = [
    `Package: ${name}`,
    'Status: install ok installed',
    'Architecture: all',
    'Multi-Arch: allowed',
  ]
  return `${[...lines, 'Version: 9999', 'Maintainer: none', 'Description: none'].join('\n')}\n`
}

function configuration(folder: string): string {
  // The machine's own configuration is read before this one, for the sake of a proxy in it; its hooks are not
  // for us.
  return `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
Dir::Etc::sourcelist "${folder}/etc/none.list";
Dir::Etc::sourceparts "${folder}/etc/sources.d";
Dir::Etc::preferences "${folder}/etc/none.pref";
Dir::Etc::preferencesparts "${folder}/etc/preferences.d";
Dir::State "${folder}/state";
Dir::State::status "${folder}/state/status";
Dir::Cache "${folder}/cache";
Dir::Cache::archives "archives";
Dir::Log "${folder}/log";
APT::Sandbox::User "";
APT::Install-Recommends "false";
APT::Install-Suggests "false";
APT::Get::List-Cleanup "false";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "10";
Acquire::https::Timeout "10";
Debug::NoLocking "true";
`
}

/** The number at the end of a package's name; none at all comes first. */
function lastNumber(name: string): number {
  const number = /-(\d[\d.]*)$/.exec(name)?.[1]
  if (number === undefined) return Number.POSITIVE_INFINITY
  const [major = 0, minor = 0] = number.split('.').map(Number)
  return major * 1_000 + minor
}

interface Said {
  readonly output: string
  readonly complaints: string
}

/** Runs a program and gives its output; what it says on file 3 goes line by line to `onStatus`. */
async function collect(program: string, args: string[], onStatus: (line: string) => void): Promise<Said> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  })
  let output = ''
  let complaints = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  const status = child.stdio[3] as Readable
  status.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n')) onStatus(line)
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0)
    throw new Error(`${program} ${args.at(-1)} failed (exit ${code}): ${complaints.trim().slice(-1_000)}`)
  return { output, complaints: complaints.trim() }
}
