import { describe, expect, it } from 'vitest'
import type { Answer } from '../protocol/answer-reader.js'
import { JournalBook } from './journal.js'

const answer: Answer = {
  kind: 'ok',
  rows: 0,
  affectedRows: 2,
  results: 1,
  status: 2,
  errno: undefined,
  sqlState: undefined,
  statementId: undefined,
}

function book() {
  const journal = new JournalBook()
  const connection = journal.addConnection(40_000)
  const add = (kind: 'query' | 'prepare' | 'execute' | 'ping' | 'login', sql?: string) =>
    journal.addCommand({ connection: connection.id, index: 1, kind, sql, statementId: undefined, bytes: 9 })
  return { journal, connection, add }
}

describe('journal', () => {
  it('counts what was wholly sent and wholly answered', () => {
    const { journal, add } = book()
    Object.assign(add('prepare', 'INSERT 1'), { forwarded: 'yes', answered: 'yes' })
    Object.assign(add('execute', 'INSERT 1'), { forwarded: 'yes', answered: 'part' })
    Object.assign(add('query', 'INSERT 2'), { forwarded: 'part' })
    Object.assign(add('ping'), { forwarded: 'yes', answered: 'yes' })
    expect(journal.sentTimes(/INSERT/)).toBe(1)
    expect(journal.sent(/INSERT/, 'any').map(({ kind }) => kind)).toEqual(['prepare', 'execute'])
    expect(journal.sentTimes(undefined, 'ping')).toBe(1)
    expect(journal.sentTimes()).toBe(3)
    expect(journal.answeredTimes(/INSERT/)).toBe(0)
    expect(journal.answeredTimes()).toBe(2)
    expect(journal.sentTimes(command => command.seq === 2)).toBe(1)
  })

  it('numbers commands over all connections and leaves the login out', () => {
    const { journal, add } = book()
    expect([add('login').seq, add('query', 'a').seq, add('query', 'b').seq]).toEqual([0, 1, 2])
    expect(journal.commands.map(({ seq }) => seq)).toEqual([1, 2])
  })

  it('forgets on request, but not which connections are open', () => {
    const { journal, connection, add } = book()
    add('query', 'a')
    journal.clear()
    expect(journal.commands).toEqual([])
    expect(journal.connections).toEqual([])
    expect(journal.openConnections).toEqual([connection])
    expect(add('query', 'b').seq).toBe(2)
    journal.closeConnection(connection, 'server', 'rst')
    journal.closeConnection(connection, 'proxy', 'fin')
    expect(journal.openConnections).toEqual([])
    expect(connection).toMatchObject({ open: false, closedBy: 'server', closeKind: 'rst' })
  })

  it('prints a line for each connection and command', () => {
    const { journal, connection, add } = book()
    Object.assign(connection, { threadId: 7, serverOpen: true, faults: ['silence'], serverErrors: [4031] })
    Object.assign(add('query', 'INSERT\n  INTO t'), { forwarded: 'yes', answer, fault: 'cutAfterForward' })
    Object.assign(add('query', 'x'.repeat(500)), { answer: { ...answer, kind: 'err', errno: 1064 } })
    Object.assign(add('ping'), { forwarded: 'yes', answered: 'yes', answer: { ...answer, affectedRows: 0 } })
    Object.assign(add('execute', 's'), { answer: { ...answer, kind: 'rows', rows: 3 } })
    journal.closeConnection(connection, 'proxy', 'fin')
    expect(journal.toText().split('\n')).toEqual([
      'connection 1, thread 7, closed by proxy (fin), server side open, server errors 4031, faults silence',
      '#1 c1: query INSERT INTO t [forwarded yes, answered no, ok, affected 2, fault cutAfterForward]',
      `#2 c1: query ${'x'.repeat(120)}… [forwarded no, answered no, err 1064]`,
      '#3 c1: ping [forwarded yes, answered yes, ok]',
      '#4 c1: execute s [forwarded no, answered no, rows 3]',
    ])
  })

  it('tells its listeners of every change until they leave', () => {
    const { journal } = book()
    let changes = 0
    const leave = journal.onChange(() => changes++)
    journal.addConnection(1)
    leave()
    journal.addConnection(2)
    expect(changes).toBe(1)
  })
})
