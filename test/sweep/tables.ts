import type { AdminLink } from './admin-link.js'

const tables = [
  'CREATE TABLE facts (id INT PRIMARY KEY AUTO_INCREMENT, value VARCHAR(64) NOT NULL, KEY (value)) ENGINE=InnoDB',
  'CREATE TABLE tallies (name VARCHAR(64) PRIMARY KEY, times INT NOT NULL) ENGINE=InnoDB',
  'CREATE TABLE accounts (name VARCHAR(64) PRIMARY KEY, balance INT NOT NULL) ENGINE=InnoDB',
  'CREATE TABLE numbers (n INT PRIMARY KEY) ENGINE=InnoDB',
]

export const numbersCount = 10_000

export async function createTables(admin: AdminLink): Promise<void> {
  for (const sql of tables) await admin.query(sql)
  const all = Array.from({ length: numbersCount }, (_, index) => [index + 1])
  await admin.query('INSERT INTO numbers (n) VALUES ?', [all])
}

async function countOf(admin: AdminLink, sql: string, values: readonly unknown[]): Promise<number> {
  const [row] = await admin.query<{ n: number | string | null }>(sql, values)
  return Number(row?.n ?? 0)
}

/** How often rows came into `facts`, of which one run of the work writes so many. */
export async function timesWritten(admin: AdminLink, value: string, rows: number): Promise<number> {
  const count = await countOf(admin, 'SELECT COUNT(*) AS n FROM facts WHERE value = ?', [value])
  return count % rows === 0 ? count / rows : Number.NaN
}

export const timesTallied = (admin: AdminLink, name: string): Promise<number> =>
  countOf(admin, 'SELECT times AS n FROM tallies WHERE name = ?', [name])

export const startBalance = 1_000
export const transferred = 10

/** How often money went from one account to the other. */
export async function timesTransferred(admin: AdminLink, name: string): Promise<number> {
  const balance = (which: string): Promise<number> =>
    countOf(admin, 'SELECT balance AS n FROM accounts WHERE name = ?', [`${name}${which}`])
  const [out, into] = [startBalance - (await balance('a')), (await balance('b')) - startBalance]
  return out === into ? out / transferred : Number.NaN
}

export async function openAccounts(admin: AdminLink, name: string): Promise<void> {
  await admin.query('INSERT INTO accounts (name, balance) VALUES ?', [
    [
      [`${name}a`, startBalance],
      [`${name}b`, startBalance],
    ],
  ])
}
