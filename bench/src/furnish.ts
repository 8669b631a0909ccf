import type { Server } from '@comeback/test/database'

const ROWS = 10_000
const AT_ONCE = 1_000

/** The tables that the cases work on. */
export async function furnish({ admin }: Server): Promise<void> {
  const columns = 'id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, value VARCHAR(60)'
  await admin.query(`CREATE TABLE test.points (${columns})`)
  await admin.query(`CREATE TABLE test.written (${columns})`)
  for (let first = 0; first < ROWS; first += AT_ONCE) {
    const rows = Array.from({ length: AT_ONCE }, (_, n) => `('row number ${first + n} of the table')`)
    await admin.query(`INSERT INTO test.points (value) VALUES ${rows.join()}`)
  }
}

let next = 0

/** The key of a row of `points`, another one each time. */
export function someId(): number {
  next = (next % ROWS) + 1
  return next
}
