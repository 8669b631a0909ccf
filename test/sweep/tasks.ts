import type { ContractClient } from '../contract/stack.js'
import type { AdminLink } from './admin-link.js'
import {
  numbersCount,
  openAccounts,
  timesTallied,
  timesTransferred,
  timesWritten,
  transferred,
} from './tables.js'

/** One thing that an application does and waits for. Each of its statements has the marker in its text. */
export interface Task {
  readonly name: string
  readonly marker: string
  /** What decides on its effect: its own requests, or its COMMIT. Undefined for a read. */
  readonly decidedBy: 'request' | 'commit' | undefined
  prepare?(admin: AdminLink): Promise<void>
  run(client: ContractClient): Promise<unknown>
  /** What is wrong with the answer. */
  check?(answer: unknown): string | undefined
  /** How often its effect is in the database. */
  executions?(admin: AdminLink): Promise<number>
  /** The error that it throws itself, in the middle, and whether it came so far. */
  readonly own?: { readonly error: Error; thrown: boolean }
}

export type TaskMaker = (marker: string) => Task

export const read: TaskMaker = marker => ({
  name: 'read',
  marker,
  decidedBy: undefined,
  prepare: async admin => void (await admin.query('INSERT INTO facts (value) VALUES (?)', [marker])),
  run: client => client.read(marker),
  check: rows => (Array.isArray(rows) && rows.length === 1 ? undefined : 'not the one row'),
})

export const insert: TaskMaker = marker => ({
  name: 'insert',
  marker,
  decidedBy: 'request',
  run: client => client.write(marker),
  executions: admin => timesWritten(admin, marker, 1),
})

export const preparedWrite: TaskMaker = marker => ({
  ...insert(marker),
  name: 'prepared write',
  run: async client => client.preparedWrite?.(marker),
})

export const upsert: TaskMaker = marker => ({
  name: 'upsert',
  marker,
  decidedBy: 'request',
  run: client =>
    client.raw(
      `INSERT INTO tallies (name, times) VALUES ('${marker}', 1) ON DUPLICATE KEY UPDATE times = times + 1`,
    ),
  executions: admin => timesTallied(admin, marker),
})

const batchRows = 500

export const batch: TaskMaker = marker => ({
  name: 'batch',
  marker,
  decidedBy: 'request',
  run: client =>
    client.raw(`INSERT INTO facts (value) VALUES ${Array(batchRows).fill(`('${marker}')`).join(', ')}`),
  executions: admin => timesWritten(admin, marker, batchRows),
})

export const transaction: TaskMaker = marker => ({
  name: 'transaction',
  marker,
  decidedBy: 'commit',
  run: client =>
    client.transaction(async trx => {
      for (let row = 0; row < 3; row++) await trx.write(marker)
    }),
  executions: admin => timesWritten(admin, marker, 3),
})

export const transfer: TaskMaker = marker => ({
  name: 'transfer',
  marker,
  decidedBy: 'commit',
  prepare: admin => openAccounts(admin, marker),
  run: client =>
    client.transaction(async trx => {
      await trx.raw(`UPDATE accounts SET balance = balance - ${transferred} WHERE name = '${marker}a'`)
      await trx.raw(`UPDATE accounts SET balance = balance + ${transferred} WHERE name = '${marker}b'`)
    }),
  executions: admin => timesTransferred(admin, marker),
})

export const nested: TaskMaker = marker => ({
  name: 'nested',
  marker,
  decidedBy: 'commit',
  run: client =>
    client.transaction(async trx => {
      await trx.write(marker)
      await trx.raw('SAVEPOINT one')
      await trx.write(`${marker}undone`)
      await trx.raw('ROLLBACK TO SAVEPOINT one')
      await trx.raw('SAVEPOINT two')
      await trx.write(marker)
      await trx.raw('RELEASE SAVEPOINT two')
    }),
  executions: async admin => {
    const undone = await timesWritten(admin, `${marker}undone`, 1)
    return undone > 0 ? Number.NaN : timesWritten(admin, marker, 2)
  },
})

export const ownError: TaskMaker = marker => {
  const own = { error: new Error('thrown by the application'), thrown: false }
  return {
    name: 'own error',
    marker,
    decidedBy: 'commit',
    own,
    run: client =>
      client.transaction(async trx => {
        await trx.write(marker)
        own.thrown = true
        throw own.error
      }),
    executions: admin => timesWritten(admin, marker, 1),
  }
}

async function numbersOf(rows: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const row of rows) all.push(row)
  return all
}

export const stream: TaskMaker = marker => {
  const sql = `SELECT n FROM numbers /* ${marker} */ ORDER BY n`
  return {
    name: 'stream',
    marker,
    decidedBy: undefined,
    run: client => (client.stream ? numbersOf(client.stream(sql)) : client.raw(sql)),
    check: answer => {
      const [first] = answer as unknown[]
      const rows = (Array.isArray(first) ? first : answer) as { n: number }[]
      if (rows.length !== numbersCount) return `${rows.length} rows`
      return rows.every(({ n }, index) => n === index + 1) ? undefined : 'rows out of order'
    },
  }
}
