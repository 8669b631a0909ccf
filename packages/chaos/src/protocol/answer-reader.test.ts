import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AnswerReader } from './answer-reader.js'
import { type CommandKind, commandKinds } from './command.js'
import type { Dialect } from './handshake.js'

const plain: Dialect = { deprecateEof: false, optionalMetadata: false, queryAttributes: false }
const modern: Dialect = { ...plain, deprecateEof: true }

const autocommit = 0x02
const moreResults = 0x08
const cursorExists = 0x40

const ok = (affectedRows = 0, status = autocommit): number[] => [0, affectedRows, 0, status, 0, 0, 0]
const eof = (status = autocommit): number[] => [0xfe, 0, 0, status, 0]
const okForEof = (status = autocommit): number[] => [0xfe, 0, 0, status, 0, 0, 0]
const error = (errno: number): number[] => [0xff, errno & 0xff, errno >> 8, ...Buffer.from('#HY000no')]
const column = [3, ...Buffer.from('def')]
const row = [1, 0x31]

function read(kind: CommandKind, dialect: Dialect, payloads: readonly number[][]) {
  const reader = new AnswerReader(kind, dialect)
  const steps = payloads.map(payload =>
    reader.read({ sequenceId: 1, lastSequenceId: 1, head: Buffer.from(payload), length: payload.length }),
  )
  return { steps, answer: reader.answer }
}

describe('answer reader', () => {
  it('ends at an OK packet and knows the affected rows', () => {
    const { steps, answer } = read('query', plain, [ok(3)])
    expect(steps).toEqual(['done'])
    expect(answer).toMatchObject({ kind: 'ok', affectedRows: 3, results: 1, status: autocommit })
  })

  it('ends at an ERR packet, wherever it comes', () => {
    expect(read('query', plain, [error(1064)])).toMatchObject({
      steps: ['done'],
      answer: { kind: 'err', errno: 1064, sqlState: 'HY000' },
    })
    expect(read('query', plain, [[1], column, eof(), row, error(1317)])).toMatchObject({
      steps: ['part', 'part', 'columns-done', 'row', 'done'],
      answer: { kind: 'err', errno: 1317, rows: 1 },
    })
  })

  it('counts the rows between two EOF packets', () => {
    const { steps, answer } = read('query', plain, [[2], column, column, eof(), row, row, eof()])
    expect(steps).toEqual(['part', 'part', 'part', 'columns-done', 'row', 'row', 'done'])
    expect(answer).toMatchObject({ kind: 'rows', rows: 2, results: 1 })
  })

  it('counts the rows without EOF packets, if that was agreed on', () => {
    const { steps, answer } = read('execute', modern, [[2], column, column, row, row, okForEof()])
    expect(steps).toEqual(['part', 'part', 'columns-done', 'row', 'row', 'done'])
    expect(answer).toMatchObject({ kind: 'rows', rows: 2 })
  })

  it('does without column definitions that were agreed to be left out', () => {
    const optional = { ...modern, optionalMetadata: true }
    expect(read('query', optional, [[1, 0], row, okForEof()]).steps).toEqual(['columns-done', 'row', 'done'])
    expect(read('query', optional, [[1, 1], column, row, okForEof()]).steps).toEqual([
      'part',
      'columns-done',
      'row',
      'done',
    ])
    expect(read('query', { ...optional, deprecateEof: false }, [[1, 0], eof(), row, eof()]).steps).toEqual([
      'part',
      'columns-done',
      'row',
      'done',
    ])
  })

  it('does not take a long row that begins with 0xfe for the end', () => {
    const long = { sequenceId: 1, lastSequenceId: 1, head: Buffer.from([0xfe, 0, 0, 0, 1]), length: 1 << 24 }
    const reader = new AnswerReader('fetch', plain)
    expect(reader.read(long)).toBe('row')
  })

  it('goes on while the server says that more results follow', () => {
    const payloads = [[1], column, eof(), row, eof(moreResults), ok(2, moreResults), ok(4)]
    const { steps, answer } = read('query', plain, payloads)
    expect(steps.at(-2)).toBe('part')
    expect(steps.at(-1)).toBe('done')
    expect(answer).toMatchObject({ kind: 'rows', rows: 1, affectedRows: 6, results: 3 })
  })

  it('ends behind the column definitions when a cursor was opened', () => {
    expect(read('execute', plain, [[1], column, eof(cursorExists)]).steps.at(-1)).toBe('done')
    expect(read('execute', modern, [[1], column, okForEof(cursorExists)]).steps.at(-1)).toBe('done')
    expect(read('fetch', plain, [row, row, eof()])).toMatchObject({
      steps: ['row', 'row', 'done'],
      answer: { kind: 'rows', rows: 2 },
    })
  })

  it('reads the id that a prepare gives out, and its definitions', () => {
    const prepared = [0, 9, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0]
    const { steps, answer } = read('prepare', plain, [prepared, column, column, eof(), column, eof()])
    expect(steps).toEqual(['part', 'part', 'part', 'part', 'part', 'done'])
    expect(answer.statementId).toBe(9)
    expect(read('prepare', modern, [prepared, column, column, column]).steps.at(-1)).toBe('done')
    expect(read('prepare', plain, [[0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]).steps).toEqual(['done'])
    expect(read('prepare', { ...modern, optionalMetadata: true }, [[...prepared, 0]]).steps).toEqual(['done'])
  })

  it('asks for a file and reads what came of it', () => {
    const { steps, answer } = read('query', plain, [[0xfb, ...Buffer.from('name')], ok(5)])
    expect(steps).toEqual(['upload', 'done'])
    expect(answer.affectedRows).toBe(5)
  })

  it('follows a login through its exchanges', () => {
    const steps = read('login', plain, [[0xfe, 0x61], [1, 3], [1, 4], ok()]).steps
    expect(steps).toEqual(['exchange', 'exchange', 'exchange', 'done'])
    expect(read('change-user', plain, [error(1045)]).answer.errno).toBe(1045)
  })

  it('knows the answers that have a form of their own', () => {
    expect(read('statistics', plain, [[...Buffer.from('Uptime: 5')]]).steps).toEqual(['done'])
    expect(read('field-list', plain, [column, column, eof()]).steps).toEqual(['part', 'part', 'done'])
    expect(read('set-option', plain, [eof()]).steps).toEqual(['done'])
    expect(read('set-option', modern, [okForEof()]).steps).toEqual(['done'])
    expect(read('ping', plain, [ok()]).steps).toEqual(['done'])
  })

  it('does not take a progress report for an error', () => {
    expect(read('query', plain, [[0xff, 0xff, 0xff, 1, 1, 1, 0, 0, 0, 0], ok()]).steps).toEqual([
      'part',
      'done',
    ])
  })

  it('says that it is lost instead of guessing', () => {
    expect(read('ping', plain, [[0x42]]).steps).toEqual(['lost'])
    expect(read('replication', plain, [ok()]).steps).toEqual(['lost'])
    expect(read('query', plain, [[]]).steps).toEqual(['lost'])
  })

  it('never throws', () => {
    const packets = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 12 })
    const dialects = fc.record({
      deprecateEof: fc.boolean(),
      optionalMetadata: fc.boolean(),
      queryAttributes: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.constantFrom(...commandKinds), dialects, packets, (kind, dialect, payloads) => {
        read(
          kind,
          dialect,
          payloads.map(payload => [...payload]),
        )
      }),
    )
  })
})
