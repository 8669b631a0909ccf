import type { Flavour } from './types.js'

/** Says what was tried and what the reader can do. */
export function missingServerMessage(flavour: Flavour | undefined, tried: readonly string[]): string {
  const mysql = flavour === 'mysql'
  const variable = mysql ? 'COMEBACK_MYSQL_SERVER' : 'COMEBACK_DATABASE_SERVER'
  const program = mysql ? 'mysqld' : 'mariadbd'
  const image = mysql
    ? '-e MYSQL_ALLOW_EMPTY_PASSWORD=1 mysql:9'
    : '-e MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1 mariadb:10.11'
  return `there is no ${mysql ? 'MySQL' : 'MariaDB or MySQL'} server program to test with. Tried:
${tried.map(line => `  - ${line.replaceAll('\n', '\n    ')}`).join('\n')}
Choose one of these:
  - install one: ${installLines(mysql)}
  - name a program: ${variable}=/path/to/${program}
  - name a running throw-away server (kill9, restart and freeze are then impossible):
      docker run --rm -d --name comeback-database -p 127.0.0.1:33306:3306 ${image}
      ${variable}=mysql://root@127.0.0.1:33306`
}

function installLines(mysql: boolean): string {
  return mysql
    ? '`apt-get install mysql-server-core` (Ubuntu, Debian unstable) or `brew install mysql`'
    : '`apt-get install mariadb-server-core`, `dnf install mariadb-server`, `apk add mariadb` or `brew install mariadb`'
}
