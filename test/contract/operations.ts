import type { ContractClient, Stack } from './stack.js'

/** Something that an application does outside a transaction, or as a whole transaction. */
export interface Operation {
  readonly name: string
  /** What one run of it writes. */
  readonly rows: number
  /** How often a statement that names the value crosses the wire in one run. */
  readonly statements: number
  run(client: ContractClient, value: string): Promise<unknown>
}

/** Rows one by one; the contract asks it only of stacks that have streams. */
export function rowsOf(client: ContractClient, sql: string): AsyncIterable<unknown> {
  if (client.stream === undefined) throw new Error('The stack has no streams.')
  return client.stream(sql)
}

/** Reads a stream to its end; gives the number of its rows. */
export async function drain(rows: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _ of rows) count += 1
  return count
}

export const read: Operation = {
  name: 'a read',
  rows: 0,
  statements: 1,
  run: (client, value) => client.read(value),
}

export const write: Operation = {
  name: 'an autocommit write',
  rows: 1,
  statements: 1,
  run: (client, value) => client.write(value),
}

export const preparedWrite: Operation = {
  name: 'a prepared write',
  rows: 1,
  statements: 1,
  run: async (client, value) => client.preparedWrite?.(value),
}

export const stream: Operation = {
  name: 'a stream',
  rows: 0,
  statements: 1,
  run: (client, value) => drain(rowsOf(client, `SELECT '${value}' AS value UNION ALL SELECT 'more'`)),
}

export const transaction: Operation = {
  name: 'a transaction',
  rows: 2,
  statements: 2,
  run: (client, value) =>
    client.transaction(async trx => {
      await trx.write(value)
      await trx.write(value)
    }),
}

/** What can be asked of a stack. */
export function operationsOf(stack: Stack): readonly Operation[] {
  return [
    read,
    write,
    ...(stack.prepares ? [preparedWrite] : []),
    ...(stack.streams === false ? [] : [stream]),
    transaction,
  ]
}

/** Opens the first connections and leaves them idle. */
export async function warm(client: ContractClient, slots = 1): Promise<void> {
  await Promise.all(Array.from({ length: slots }, () => client.raw('DO SLEEP(0.01)')))
}
