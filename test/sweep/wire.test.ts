import type { JournalCommand, JournalConnection } from '@comeback/chaos'
import { expect, it } from 'vitest'
import { silenceMs } from './policy.js'
import { insert, preparedWrite, transaction } from './tasks.js'
import { isUnanswered } from './wire.js'

const command = (seq: number, sql: string, facts: Partial<JournalCommand> = {}): JournalCommand => ({
  seq,
  connection: 1,
  index: seq,
  kind: 'query',
  sql,
  statementId: undefined,
  bytes: 1,
  atMs: seq,
  forwarded: 'yes',
  answered: 'yes',
  answeredAtMs: seq + 1,
  answer: undefined,
  fault: undefined,
  ...facts,
})

const unanswered = (make: typeof insert, ...commands: JournalCommand[]): boolean =>
  isUnanswered({ commands, connections: [] }, make('m1'))

it('a write is unanswered if an answer to one of its own requests is missing', () => {
  expect(unanswered(insert, command(1, "INSERT 'm1'"), command(2, 'SELECT 1', { answered: 'no' }))).toBe(
    false,
  )
  expect(unanswered(insert, command(1, "INSERT 'm1'", { answered: 'part' }))).toBe(true)
  expect(unanswered(insert)).toBe(false)
})

it('a prepare decides nothing, and neither does a request that was made again', () => {
  const prepare = command(1, "INSERT 'm1'", { kind: 'prepare', answered: 'no' })
  expect(unanswered(preparedWrite, prepare)).toBe(false)
  expect(unanswered(preparedWrite, prepare, command(2, "INSERT 'm1'", { kind: 'execute' }))).toBe(false)
  const lost = command(3, "INSERT 'm1'", { kind: 'execute', answered: 'no' })
  expect(unanswered(preparedWrite, prepare, lost)).toBe(true)
  expect(unanswered(preparedWrite, prepare, lost, command(4, "INSERT 'm1'", { kind: 'execute' }))).toBe(false)
})

it('an answer that comes later than anybody waits in silence answers nothing', () => {
  expect(unanswered(insert, command(1, "INSERT 'm1'", { answeredAtMs: 1 + silenceMs }))).toBe(true)
  expect(unanswered(insert, command(1, "INSERT 'm1'", { answeredAtMs: silenceMs }))).toBe(false)
})

it('an answer that only ends the link answers nothing', () => {
  const answer = { type: 'err', errno: 1053 } as unknown as JournalCommand['answer']
  expect(unanswered(insert, command(1, "INSERT 'm1'", { answer }))).toBe(true)
})

it('a transaction is unanswered if the answer to its COMMIT is missing', () => {
  const write = command(1, "INSERT 'm1'", { answered: 'no' })
  expect(unanswered(transaction, write)).toBe(false)
  expect(unanswered(transaction, write, command(2, 'COMMIT', { answered: 'no' }))).toBe(true)
  expect(unanswered(transaction, write, command(2, 'commit;'))).toBe(false)
  // Somebody else's.
  expect(unanswered(transaction, write, command(2, 'COMMIT', { answered: 'no', connection: 2 }))).toBe(false)
  // Of the transaction after it, on the same connection.
  const next = command(3, 'COMMIT', { answered: 'no' })
  expect(unanswered(transaction, write, command(2, 'rollback'), next)).toBe(false)
  const toSavepoint = command(2, 'ROLLBACK TO SAVEPOINT one')
  expect(unanswered(transaction, write, toSavepoint, next)).toBe(true)
  expect(unanswered(transaction, command(3, 'COMMIT', { answered: 'no' }), { ...write, seq: 4 })).toBe(false)
})

const connection = (closedBy: JournalConnection['closedBy']): JournalConnection =>
  ({ id: 1, closedBy }) as JournalConnection

it('a request that was never seen may have vanished with a connection that was cut', () => {
  const seen = (
    commands: JournalCommand[],
    closedBy: JournalConnection['closedBy'],
    make = insert,
  ): boolean => isUnanswered({ commands, connections: [connection(closedBy)] }, make('m1'))
  expect(seen([], 'proxy')).toBe(true)
  expect(seen([], 'client')).toBe(false)
  expect(seen([], undefined)).toBe(false)
  expect(seen([command(1, "INSERT 'm1'")], 'proxy')).toBe(false)
  expect(seen([command(1, "INSERT 'm1'")], 'proxy', transaction)).toBe(true)
  expect(seen([command(1, "INSERT 'm1'"), command(2, 'COMMIT')], 'proxy', transaction)).toBe(false)
  expect(seen([command(1, "INSERT 'm1'"), command(2, 'ROLLBACK')], 'proxy', transaction)).toBe(false)
})
