import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Distribution {
  /** `debian`, `ubuntu` … */
  readonly id: string
  /** `bookworm`, `noble` … */
  readonly codename: string
}

/** One source of packages as apt's own files name it, in the form in which it was found. */
export interface AptSource {
  /** The one-line form lies in `.list` files, the paragraph form in `.sources` files. */
  readonly form: 'list' | 'sources'
  readonly text: string
  readonly uris: readonly string[]
  readonly suites: readonly string[]
  readonly signedBy: string | undefined
}

/** Debian, Ubuntu or a relative of them that has apt; else undefined. */
export function distribution(osRelease = '/etc/os-release'): Distribution | undefined {
  if (!existsSync(osRelease) || !existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg-deb'))
    return undefined
  const fields = new Map(
    readFileSync(osRelease, 'utf8')
      .split('\n')
      .map(line => /^(\w+)="?([^"]*)"?$/.exec(line))
      .filter(match => match !== null)
      .map(match => [match[1] ?? '', match[2] ?? '']),
  )
  return { id: fields.get('ID') ?? 'unknown', codename: fields.get('VERSION_CODENAME') ?? '' }
}

/**
 * The distribution's own sources, security updates included. Sources of third parties are left out: they have
 * nothing to do with the server and may be out of reach.
 */
export function distributionSources({ codename }: Distribution, folder = '/etc/apt'): AptSource[] {
  const all = readSources(folder)
  const own = [codename, `${codename}-updates`, `${codename}-security`]
  const matching = all.filter(source =>
    source.suites.some(suite => own.includes(suite.replace(/\/updates$/, '-security'))),
  )
  // A source may name its suite in another way, such as `stable`.
  return matching.length > 0 ? matching : all
}

function readSources(folder: string): AptSource[] {
  const parts = join(folder, 'sources.list.d')
  const files = [
    join(folder, 'sources.list'),
    ...(existsSync(parts)
      ? readdirSync(parts)
          .sort()
          .map(name => join(parts, name))
      : []),
  ]
  return files.filter(existsSync).flatMap(file => {
    const text = readFileSync(file, 'utf8')
    if (file.endsWith('.sources')) return parseParagraphs(text)
    return file.endsWith('.list') ? parseLines(text) : []
  })
}

/** `deb [options] uri suite component…` */
function parseLines(text: string): AptSource[] {
  return text.split('\n').flatMap(line => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)/.exec(line)
    if (match === null) return []
    const [, options = '', uri = '', suite = ''] = match
    const signedBy = /\bsigned-by=(\S+)/i.exec(options)?.[1]
    return [{ form: 'list', text: line.trim(), uris: [uri], suites: [suite], signedBy }]
  })
}

/** `Types: deb`, `URIs: …`, `Suites: …` in paragraphs that blank lines part. */
function parseParagraphs(text: string): AptSource[] {
  const withoutComments = text.replace(/^#.*\n?/gm, '')
  return withoutComments.split(/\n\s*\n/).flatMap(paragraph => {
    const field = (name: string): string[] =>
      new RegExp(`^${name}:[ \\t]*(.*(?:\\n[ \\t]+.*)*)`, 'im')
        .exec(paragraph)?.[1]
        ?.split(/\s+/)
        .filter(Boolean) ?? []
    const uris = field('URIs')
    const enabled = field('Enabled')[0]?.toLowerCase() !== 'no'
    if (uris.length === 0 || !enabled || !field('Types').includes('deb')) return []
    const signedBy = field('Signed-By')
    return [
      {
        form: 'sources',
        text: paragraph.trim(),
        uris,
        suites: field('Suites'),
        // More than one word is a key written out in place, which cannot be carried into another source.
        signedBy: signedBy.length === 1 ? signedBy[0] : undefined,
      },
    ]
  })
}
