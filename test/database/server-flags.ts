import type { Flavour } from './types.js'

/** The users and the database that every server has. */
export const accounts: {
  readonly app: { readonly user: string; readonly password: string }
  readonly root: { readonly user: string; readonly password: string }
  readonly admin: { readonly user: string; readonly password: string }
  readonly database: string
} = {
  app: { user: 'app', password: 'app-password' },
  root: { user: 'root', password: '' },
  admin: { user: 'comeback_admin', password: '' },
  database: 'test',
}

/** One statement a line: the form in which a server reads them before it has users. */
export function accountStatements(): string[] {
  const { app, root, admin, database } = accounts
  return [
    `CREATE DATABASE IF NOT EXISTS ${database};`,
    `CREATE USER '${app.user}'@'%' IDENTIFIED BY '${app.password}';`,
    `GRANT ALL ON \`${database}\`.* TO '${app.user}'@'%';`,
    // Further databases of a test: test_one, test_two …
    `GRANT ALL ON \`${database}\\_%\`.* TO '${app.user}'@'%';`,
    ...['localhost', '127.0.0.1'].flatMap(host => [
      ...[root, admin].flatMap(({ user }) => [
        `CREATE USER IF NOT EXISTS '${user}'@'${host}' IDENTIFIED BY '';`,
        `GRANT ALL ON *.* TO '${user}'@'${host}' WITH GRANT OPTION;`,
      ]),
      // Else this nameless user hides 'app'@'%' from clients on this host.
      `DROP USER IF EXISTS ''@'${host}';`,
    ]),
  ]
}

/**
 * Flags that belong to the data folder: a prepared folder and the servers run on copies of it must agree on
 * them.
 */
export function storageFlags(flavour: Flavour): string[] {
  return flavour === 'mariadb'
    ? ['--innodb-log-file-size=8M', '--innodb-flush-method=nosync', ...commonFlags()]
    : ['--innodb-redo-log-capacity=8M', '--skip-log-bin', '--mysqlx=OFF', ...commonFlags()]
}

function commonFlags(): string[] {
  return [
    // Asynchronous I/O is a limited resource of the machine, and often forbidden in containers.
    '--innodb-use-native-aio=0',
    // Written at every COMMIT, synced once a second: a killed process loses nothing, only a killed machine
    // would.
    '--innodb-flush-log-at-trx-commit=2',
    '--performance-schema=OFF',
    '--skip-name-resolve',
    // The built-in default is a system folder, and without that folder the server does not start.
    '--secure-file-priv=',
    // A server refuses to run as root unless told to.
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
  ]
}

/** A small server: tens of them fit beside each other. */
export function runFlags(flavour: Flavour): string[] {
  return [
    ...storageFlags(flavour),
    '--bind-address=127.0.0.1',
    '--max-connections=200',
    '--local-infile=1',
    '--innodb-log-buffer-size=1M',
    '--key-buffer-size=64K',
    ...(flavour === 'mariadb'
      ? ['--innodb-buffer-pool-size=8M', '--aria-pagecache-buffer-size=128K', '--skip-log-bin']
      : ['--innodb-buffer-pool-size=16M']),
  ]
}
