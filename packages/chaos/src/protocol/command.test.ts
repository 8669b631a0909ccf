import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAnswered, parseCommand } from './command.js'

const withAttributes = true

describe('command parser', () => {
  it('reads the text of a query and of a prepare', () => {
    expect(parseCommand(Buffer.from('\x03SELECT 1'), false)).toMatchObject({ kind: 'query', sql: 'SELECT 1' })
    expect(parseCommand(Buffer.from('\x16SELECT ?'), false)).toMatchObject({
      kind: 'prepare',
      sql: 'SELECT ?',
    })
  })

  it('reads which prepared statement a command is about', () => {
    for (const [code, kind] of [
      [0x17, 'execute'],
      [0x18, 'long-data'],
      [0x19, 'close-statement'],
      [0x1a, 'reset-statement'],
      [0x1c, 'fetch'],
      [0xfa, 'bulk-execute'],
    ] as const) {
      const payload = Buffer.from([code, 7, 0, 0, 1, 0, 1, 0, 0, 0])
      expect(parseCommand(payload, false)).toEqual({ kind, sql: undefined, statementId: 0x01_00_00_07 })
    }
  })

  it('knows the commands without text', () => {
    const kinds = [0x01, 0x02, 0x04, 0x09, 0x0a, 0x0e, 0x11, 0x12, 0x1b, 0x1f, 0x77].map(
      code => parseCommand(Buffer.from([code]), false).kind,
    )
    expect(kinds).toEqual([
      'quit',
      'init-db',
      'field-list',
      'statistics',
      'process-info',
      'ping',
      'change-user',
      'replication',
      'set-option',
      'reset-connection',
      'other',
    ])
  })

  it('knows which commands have no answer', () => {
    expect(isAnswered('quit')).toBe(false)
    expect(isAnswered('close-statement')).toBe(false)
    expect(isAnswered('long-data')).toBe(false)
    expect(isAnswered('reset-statement')).toBe(true)
  })

  it('finds the text of a query behind its attributes', () => {
    const none = Buffer.from('\x03\x00\x01SELECT 1', 'latin1')
    expect(parseCommand(none, withAttributes).sql).toBe('SELECT 1')

    const attributes = Buffer.concat([
      Buffer.from([3, 4, 1, 0b0010, 1]),
      Buffer.from([0xfe, 0, 1]),
      Buffer.from('a'),
      Buffer.from([0x06, 0, 1]),
      Buffer.from('b'),
      Buffer.from([0x08, 0, 1]),
      Buffer.from('c'),
      Buffer.from([0x0c, 0, 1]),
      Buffer.from('d'),
      Buffer.from([3]),
      Buffer.from('xyz'),
      Buffer.alloc(8),
      Buffer.from([4, 1, 2, 3, 4]),
      Buffer.from('SELECT 2'),
    ])
    expect(parseCommand(attributes, withAttributes).sql).toBe('SELECT 2')
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, attributes) => {
        parseCommand(Buffer.from(bytes), attributes)
        parseCommand(Buffer.from([3, ...bytes]), attributes)
      }),
    )
  })
})
