import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { lookForServer, type Surroundings } from './find-server.js'
import { findServer } from './index.js'
import type { ServerBinary } from './types.js'

const temp = mkdtempSync(join(tmpdir(), 'find-'))
afterAll(() => rmSync(temp, { recursive: true }))

const real = await findServer()
const fetched: ServerBinary = {
  kind: 'binary',
  flavour: 'mariadb',
  version: '10.11.0',
  path: '/fetched',
  origin: 'fetched',
}

/** A program that says of itself what a server says. */
function program(folder: string, name: string, versionText: string): string {
  mkdirSync(join(temp, folder), { recursive: true })
  const path = join(temp, folder, name)
  writeFileSync(path, `#!/bin/sh\necho "${versionText}"\n`)
  chmodSync(path, 0o755)
  return path
}

const mariadbText = 'mariadbd  Ver 11.4.2-MariaDB-ubu2404 for debian-linux-gnu on x86_64'
const mysqlText = 'mysqld  Ver 8.4.3 for Linux on x86_64 (MySQL Community Server - GPL)'

function surroundings(changes: Partial<Surroundings> = {}): Surroundings {
  return { env: {}, folders: [], fetch: async () => fetched, ...changes }
}

function offline(): Promise<never> {
  return Promise.reject(new Error('no network'))
}

it('the program that COMEBACK_DATABASE_SERVER names comes before all others', async () => {
  const path = program('named', 'some-server', mariadbText)
  program('in-path', 'mariadbd', mariadbText)
  const env = { COMEBACK_DATABASE_SERVER: path, PATH: join(temp, 'in-path') }
  expect(await lookForServer(undefined, surroundings({ env }))).toEqual({
    kind: 'binary',
    flavour: 'mariadb',
    version: '11.4.2',
    path,
    origin: 'named by COMEBACK_DATABASE_SERVER',
  })
})

it('a variable that names nothing usable is an error, not a reason to look elsewhere', async () => {
  const folders = [join(temp, 'in-path')]
  for (const [value, message] of [
    ['mariadbd', 'must be the absolute path of mariadbd or mysqld, or a mysql:// URL'],
    ['/nowhere/mariadbd', 'names /nowhere/mariadbd, which does not run as a server program'],
    ['/bin/true', 'names /bin/true, which does not run as a server program'],
    ['mysql://root:secret@127.0.0.1:1', 'names a server that cannot be used: connect ECONNREFUSED'],
  ] as const) {
    const looking = lookForServer(
      undefined,
      surroundings({ env: { COMEBACK_DATABASE_SERVER: value }, folders }),
    )
    await expect(looking).rejects.toThrow(message)
    await expect(looking).rejects.not.toThrow('secret')
  }
})

it('a mariadbd in PATH or a system folder comes before a mysqld, and both before fetching', async () => {
  const mysqld = program('has-mysqld', 'mysqld', mysqlText)
  const mariadbd = program('has-mariadbd', 'mariadbd', mariadbText)
  const env = { PATH: join(temp, 'has-mysqld') }
  const folders = [join(temp, 'has-mariadbd')]

  expect(await lookForServer(undefined, surroundings({ env, folders }))).toMatchObject({ path: mariadbd })
  expect(await lookForServer('mysql', surroundings({ env, folders }))).toMatchObject({
    path: mysqld,
    version: '8.4.3',
  })
  expect(await lookForServer(undefined, surroundings({ env }))).toMatchObject({
    path: mysqld,
    flavour: 'mysql',
  })
  expect(await lookForServer('mariadb', surroundings({ env }))).toBe(fetched)
})

it('a mysqld that is MariaDB by another name is not taken for MySQL', async () => {
  program('alias', 'mysqld', mariadbText)
  const looking = lookForServer('mysql', surroundings({ folders: [join(temp, 'alias')], fetch: offline }))
  await expect(looking).rejects.toThrow(`${join(temp, 'alias', 'mysqld')} is mariadb`)
})

it('a program that does not run is passed over and mentioned', async () => {
  mkdirSync(join(temp, 'broken'), { recursive: true })
  const path = join(temp, 'broken', 'mariadbd')
  writeFileSync(path, '')
  const folders = [join(temp, 'broken')]
  expect(await lookForServer(undefined, surroundings({ folders }))).toBe(fetched)
  const looking = lookForServer(undefined, surroundings({ folders, fetch: offline }))
  await expect(looking).rejects.toThrow(`${path} does not run`)
})

it('without any server the message says what was tried and lists the choices', async () => {
  const looking = lookForServer(undefined, surroundings({ folders: ['/opt/none'], fetch: offline }))
  const message = await looking.then(String, (error: Error) => error.message)
  for (const part of [
    'COMEBACK_DATABASE_SERVER is not set',
    'no other mariadbd or mysqld in PATH, /opt/none',
    'fetching it: no network',
    'apt-get install mariadb-server-core',
    'COMEBACK_DATABASE_SERVER=/path/to/mariadbd',
    'docker run --rm -d',
    'COMEBACK_DATABASE_SERVER=mysql://root@127.0.0.1:33306',
  ]) {
    expect(message).toContain(part)
  }
})

it('COMEBACK_DOWNLOAD=off forbids fetching, COMEBACK_MYSQL_SERVER=off the MySQL lane', async () => {
  const noDownload = lookForServer(undefined, surroundings({ env: { COMEBACK_DOWNLOAD: 'off' } }))
  await expect(noDownload).rejects.toThrow('fetching it: COMEBACK_DOWNLOAD is off')
  const noMysql = lookForServer('mysql', surroundings({ env: { COMEBACK_MYSQL_SERVER: 'off' } }))
  await expect(noMysql).rejects.toThrow('COMEBACK_MYSQL_SERVER is off')
})

it('a worker takes what its test run has found already', async () => {
  const servers = { mariadb: fetched, mysql: { missing: 'no MySQL here' } }
  const env = { COMEBACK_FOUND_SERVERS: JSON.stringify({ standard: 'mariadb', servers }) }
  expect(await lookForServer(undefined, surroundings({ env, fetch: offline }))).toEqual(fetched)
  await expect(lookForServer('mysql', surroundings({ env, fetch: offline }))).rejects.toThrow('no MySQL here')
})

it('the server that this run uses says the flavour and version that it is', () => {
  expect(real.flavour).toMatch(/^(mariadb|mysql)$/)
  expect(real.version).toMatch(/^\d+\.\d+\.\d+$/)
})
