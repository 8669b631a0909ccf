import type { AdminLink } from '../sweep/admin-link.js'
import { startBalance, timesWritten } from '../sweep/tables.js'
import type { Task } from '../sweep/tasks.js'

/** Accounts that all stacks share. Few, so that transactions wait for each other. */
export const banks = 32

/** Money that goes from one shared account to another. */
export interface Move {
  readonly from: number
  readonly to: number
  readonly amount: number
}

const bankName = (bank: number): string => `bank${bank}`

/** Moves money between shared accounts, and leaves a row that says so, in one transaction. */
export const exchange = (marker: string, { from, to, amount }: Move): Task => ({
  name: 'exchange',
  marker,
  decidedBy: 'commit',
  run: client =>
    client.transaction(async trx => {
      const add = (bank: number, sum: number): Promise<unknown> =>
        trx.raw(
          `UPDATE accounts SET balance = balance + ${sum} WHERE name = '${bankName(bank)}' /* ${marker} */`,
        )
      // In one order, else they lock each other out.
      const both = [[from, -amount] as const, [to, amount] as const].toSorted(([a], [b]) => a - b)
      for (const [bank, sum] of both) await add(bank, sum)
      await trx.write(marker)
    }),
  executions: admin => timesWritten(admin, marker, 1),
})

export async function openBanks(admin: AdminLink): Promise<void> {
  const rows = Array.from({ length: banks }, (_, bank) => [bankName(bank), startBalance])
  await admin.query('INSERT INTO accounts (name, balance) VALUES ?', [rows])
}

/** What is wrong with the sum of the shared accounts, which no moment may change. */
export async function wrongSum(admin: AdminLink): Promise<string | undefined> {
  const [row] = await admin.query<{ n: number | string }>(
    "SELECT SUM(balance) AS n FROM accounts WHERE name LIKE 'bank%'",
  )
  const sum = Number(row?.n)
  const right = banks * startBalance
  return sum === right ? undefined : `the shared accounts hold ${sum}, not ${right}`
}

/** What is wrong with each shared account, given the moves of which the rows are there. */
export async function wrongBalances(admin: AdminLink, moves: readonly Move[]): Promise<readonly string[]> {
  const due = Array.from({ length: banks }, () => startBalance)
  for (const { from, to, amount } of moves) {
    due[from] = (due[from] ?? 0) - amount
    due[to] = (due[to] ?? 0) + amount
  }
  const rows = await admin.query<{ name: string; balance: number }>(
    "SELECT name, balance FROM accounts WHERE name LIKE 'bank%'",
  )
  const found = new Map(rows.map(({ name, balance }) => [name, balance]))
  return due.flatMap((balance, bank) => {
    const name = bankName(bank)
    return found.get(name) === balance
      ? []
      : [`${name} holds ${found.get(name)}, its moves make it ${balance}`]
  })
}
