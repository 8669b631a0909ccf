import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { distributionSources } from './apt-sources.js'

const temp = mkdtempSync(join(tmpdir(), 'apt-'))
afterAll(() => rmSync(temp, { recursive: true }))

let folders = 0
function etcApt(files: Readonly<Record<string, string>>): string {
  const folder = join(temp, String(++folders))
  mkdirSync(join(folder, 'sources.list.d'), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

const bookworm = { id: 'debian', codename: 'bookworm' }

it("the paragraph form gives the distribution's own sources with security, and no third party's", () => {
  const folder = etcApt({
    'sources.list.d/debian.sources': `Types: deb
# a remark
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
`,
    'sources.list.d/off.sources': 'Types: deb\nURIs: http://off.example\nSuites: bookworm\nEnabled: no\n',
    'sources.list.d/src.sources': 'Types: deb-src\nURIs: http://src.example\nSuites: bookworm\n',
    'sources.list.d/other.sources': 'Types: deb\nURIs: http://other.example\nSuites: nodistro\n',
    'sources.list.d/readme.txt': 'deb http://no.example bookworm main',
  })
  const sources = distributionSources(bookworm, folder)
  expect(sources.map(({ form, uris, suites, signedBy }) => ({ form, uris, suites, signedBy }))).toEqual([
    {
      form: 'sources',
      uris: ['http://mirror.example/debian'],
      suites: ['bookworm', 'bookworm-updates'],
      signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
    },
    {
      form: 'sources',
      uris: ['http://mirror.example/debian-security'],
      suites: ['bookworm-security'],
      signedBy: undefined,
    },
  ])
  expect(sources[1]?.text).toContain('BEGIN PGP PUBLIC KEY BLOCK')
})

it("the one-line form gives the distribution's own sources with their options", () => {
  const folder = etcApt({
    'sources.list': `# deb http://remark.example bookworm main
deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main # remark
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/security bookworm-security main`,
    'sources.list.d/cloud.list': 'deb https://cloud.example/apt cloud-sdk-bookworm main',
  })
  const sources = distributionSources(bookworm, folder)
  expect(sources.map(source => [source.form, source.uris[0], source.suites[0], source.signedBy])).toEqual([
    ['list', 'http://mirror.example/debian', 'bookworm', '/k.gpg'],
    ['list', 'http://mirror.example/security', 'bookworm-security', undefined],
  ])
})

it('sources that name their suite in another way are all taken', () => {
  const folder = etcApt({ 'sources.list': 'deb http://mirror.example/debian stable main\n' })
  expect(distributionSources(bookworm, folder).map(source => source.suites)).toEqual([['stable']])
})

it('a machine without sources has none', () => {
  expect(distributionSources(bookworm, join(temp, 'missing'))).toEqual([])
})
