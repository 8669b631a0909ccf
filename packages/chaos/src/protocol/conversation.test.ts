import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Conversation, type Exchange, type ServerUnit } from './conversation.js'

type Line = readonly [from: 'client' | 'server', bytes: Buffer]

const protocol41 = 1 << 9
const compress = 1 << 5
const ssl = 1 << 11
const deprecateEof = 1 << 24
const capabilities = protocol41 | compress | ssl | deprecateEof

function wire(sequenceId: number, payload: readonly number[] | Buffer): Buffer {
  const header = Buffer.from([0, 0, 0, sequenceId])
  header.writeUIntLE(payload.length, 0, 3)
  return Buffer.concat([header, Buffer.from(payload)])
}

function greeting(): Buffer {
  const payload = Buffer.alloc(1 + 4 + 31)
  payload[0] = 10
  payload.write('8.0\0', 1, 'latin1')
  payload.writeUInt32LE(77, 5)
  payload.writeUInt16LE(capabilities & 0xffff, 18)
  payload.writeUInt16LE(capabilities >>> 16, 23)
  return wire(0, payload)
}

function login(wished: number, length = 40): Buffer {
  const payload = Buffer.alloc(length)
  payload.writeUInt32LE(wished, 0)
  return wire(1, payload)
}

const ok = (sequenceId = 1, affectedRows = 0): Buffer => wire(sequenceId, [0, affectedRows, 0, 2, 0, 0, 0])
const error = (sequenceId: number, errno: number): Buffer =>
  wire(sequenceId, [0xff, errno & 0xff, errno >> 8, ...Buffer.from('#08S01no')])
const query = (sql: string): Buffer => wire(0, Buffer.from(`\x03${sql}`))
const prepare = (sql: string): Buffer => wire(0, Buffer.from(`\x16${sql}`))
const prepared = (id: number): Buffer => wire(1, [0, id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
const execute = (id: number): Buffer => wire(0, [0x17, id & 0xff, (id >> 8) & 0xff, 0, 0, 0, 1, 0, 0, 0])
const rows = (count: number): Buffer =>
  Buffer.concat([
    wire(1, [1]),
    wire(2, [3, ...Buffer.from('def')]),
    wire(3, [0xfe, 0, 0, 2, 0]),
    ...Array.from({ length: count }, (_, index) => wire(4 + index, [1, 0x31])),
    wire(4 + count, [0xfe, 0, 0, 2, 0]),
  ])

const handshake: readonly Line[] = [
  ['server', greeting()],
  ['client', login(protocol41)],
  ['server', ok(2)],
]

/** Lets both sides speak in turn, each line in chunks, and answers as the proxy does. */
function converse(lines: readonly Line[], chunk: (line: Buffer) => Buffer[] = line => [line]) {
  const told: string[] = []
  const exchanges: Exchange[] = []
  const units: ServerUnit[] = []
  const forwarded: Buffer[] = []
  const conversation: Conversation = new Conversation({
    greeted: ({ threadId, serverVersion }) => told.push(`greeted ${threadId} ${serverVersion}`),
    loggedIn: () => told.push('logged in'),
    serverError: errno => told.push(`error ${errno}`),
    becameOpaque: () => {
      told.push('opaque')
      forwarded.push(conversation.flushClient())
    },
  })
  for (const [from, line] of lines) {
    for (const bytes of chunk(line)) {
      if (from === 'server') {
        units.push(...conversation.fromServer(bytes))
        continue
      }
      for (const unit of conversation.fromClient(bytes)) {
        forwarded.push(unit.bytes)
        if (unit.type !== 'command') continue
        exchanges.push(unit.exchange)
        conversation.expect(unit.exchange)
      }
    }
  }
  forwarded.push(conversation.flushClient())
  return { told, exchanges, units, forwarded: Buffer.concat(forwarded), conversation }
}

function summary({ exchanges }: { exchanges: readonly Exchange[] }): unknown[] {
  return exchanges.map(({ kind, sql, answer }) => [kind, sql, answer && (answer.errno ?? answer.rows)])
}

describe('conversation', () => {
  it('follows a login and the commands behind it', () => {
    const result = converse([...handshake, ['client', query('SELECT 1')], ['server', rows(2)]])
    expect(result.told).toEqual(['greeted 77 8.0', 'logged in'])
    expect(summary(result)).toEqual([
      ['login', undefined, 0],
      ['query', 'SELECT 1', 2],
    ])
    expect(result.conversation.idle).toBe(true)
  })

  it('sees a refusal instead of a greeting, and a refused login', () => {
    expect(converse([['server', error(0, 1040)]]).told).toEqual(['error 1040'])
    const refused = converse([...handshake.slice(0, 2), ['server', error(2, 1045)]])
    expect(refused.told).toEqual(['greeted 77 8.0', 'error 1045'])
  })

  it('does not take what a login exchanges for commands', () => {
    const result = converse([
      ...handshake.slice(0, 2),
      ['server', wire(2, [0xfe, 0x61, 0])],
      ['client', wire(3, [1, 2, 3])],
      ['server', wire(4, [1, 4])],
      ['client', wire(5, [3, 9])],
      ['server', ok(6)],
      ['client', wire(0, [0x0e])],
      ['server', ok()],
    ])
    expect(summary(result).map(entry => (entry as unknown[])[0])).toEqual(['login', 'ping'])
  })

  it('finds the text of an execute through its prepare', () => {
    const result = converse([
      ...handshake,
      ['client', prepare('INSERT INTO t VALUES (?)')],
      ['server', prepared(3)],
      ['client', execute(3)],
      ['server', ok(1, 1)],
      ['client', wire(0, [0x19, 3, 0, 0, 0])],
      ['client', execute(3)],
      ['server', error(1, 1243)],
    ])
    expect(summary(result).slice(1)).toEqual([
      ['prepare', 'INSERT INTO t VALUES (?)', 0],
      ['execute', 'INSERT INTO t VALUES (?)', 0],
      ['close-statement', 'INSERT INTO t VALUES (?)', undefined],
      ['execute', undefined, 1243],
    ])
  })

  it('finds the text of "the statement prepared last", sent before its id is known', () => {
    const executeLast = wire(0, [0x17, 0xff, 0xff, 0xff, 0xff, 0, 1, 0, 0, 0])
    const result = converse([
      ...handshake,
      ['client', Buffer.concat([prepare('SELECT ?'), executeLast])],
      ['server', Buffer.concat([prepared(1), rows(1)])],
    ])
    expect(summary(result).slice(1)).toEqual([
      ['prepare', 'SELECT ?', 0],
      ['execute', 'SELECT ?', 1],
    ])
  })

  it('gives each of several commands sent at once its own answer', () => {
    const result = converse([
      ...handshake,
      ['client', Buffer.concat([query('A'), query('B'), query('C')])],
      ['server', Buffer.concat([rows(1), error(1, 1062), rows(3)])],
    ])
    expect(summary(result).slice(1)).toEqual([
      ['query', 'A', 1],
      ['query', 'B', 1062],
      ['query', 'C', 3],
    ])
  })

  it('does not take an uploaded file for commands', () => {
    const result = converse([
      ...handshake,
      ['client', query('LOAD DATA')],
      ['server', wire(1, [0xfb, 0x66])],
      ['client', Buffer.concat([wire(2, [3, 4, 5]), wire(3, [0x0e]), wire(4, [])])],
      ['server', ok(5, 9)],
      ['client', query('SELECT 1')],
    ])
    expect(result.exchanges.map(({ sql }) => sql)).toEqual([undefined, 'LOAD DATA', 'SELECT 1'])
    expect(result.exchanges[1]?.answer?.affectedRows).toBe(9)
  })

  it('tells when the borders are lost: TLS, compression, replication, an answer that is none', () => {
    const tls = converse([handshake[0] as Line, ['client', login(protocol41 | ssl, 32)]])
    expect(tls.told).toContain('opaque')
    const compressed = converse([
      handshake[0] as Line,
      ['client', login(protocol41 | compress)],
      ['server', ok(2)],
    ])
    expect(compressed.told).toEqual(['greeted 77 8.0', 'logged in', 'opaque'])
    expect(converse([...handshake, ['client', wire(0, [0x12])], ['server', ok()]]).told).toContain('opaque')
    expect(converse([...handshake, ['client', wire(0, [0x0e])], ['server', wire(1, [0x42])]]).told).toContain(
      'opaque',
    )
    expect(converse([['client', query('hello')]]).told).toEqual(['opaque'])
  })

  it('tells of an error that nobody asked for', () => {
    const result = converse([...handshake, ['server', error(0, 4031)]])
    expect(result.told.at(-1)).toBe('error 4031')
    expect(result.conversation.opaque).toBe(false)
  })

  it('hands a large command on in parts, without keeping it', () => {
    const large = query(`SELECT '${'x'.repeat(3_000_000)}'`)
    const conversationUnits: string[] = []
    const conversation = new Conversation({
      greeted: () => {},
      loggedIn: () => {},
      serverError: () => {},
      becameOpaque: () => {},
    })
    conversation.fromServer(greeting())
    for (const unit of conversation.fromClient(login(protocol41))) {
      if (unit.type === 'command') conversation.expect(unit.exchange)
    }
    conversation.fromServer(ok(2))
    let bytes = 0
    for (let offset = 0; offset < large.length; offset += 65_536) {
      for (const unit of conversation.fromClient(large.subarray(offset, offset + 65_536))) {
        conversationUnits.push(unit.type)
        bytes += unit.bytes.length
      }
    }
    expect(conversationUnits[0]).toBe('command')
    expect(conversationUnits.slice(1).every(type => type === 'more')).toBe(true)
    expect(bytes).toBe(large.length)
  })

  it('understands the same however the bytes are chunked', () => {
    const lines: Line[] = [
      ...handshake,
      ['client', Buffer.concat([query('SELECT 1'), prepare('SELECT ?')])],
      ['server', Buffer.concat([rows(3), prepared(2)])],
      ['client', execute(2)],
      ['server', rows(1)],
    ]
    const whole = converse(lines)
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(sizes, cuts => {
        let turn = 0
        const chunked = converse(lines, line => {
          const chunks: Buffer[] = []
          for (let offset = 0; offset < line.length; ) {
            const size = cuts[turn++ % cuts.length] ?? 1
            chunks.push(line.subarray(offset, offset + size))
            offset += size
          }
          return chunks
        })
        expect(summary(chunked)).toEqual(summary(whole))
        expect(chunked.told).toEqual(whole.told)
      }),
    )
  })

  it('never throws and never loses a byte, whatever is said', () => {
    const line = fc.tuple(
      fc.constantFrom('client' as const, 'server' as const),
      fc.uint8Array({ maxLength: 40 }),
    )
    const packet = line.map(([from, payload]): Line => [from, wire(payload[0] ?? 0, Buffer.from(payload))])
    const noise = line.map(([from, bytes]): Line => [from, Buffer.from(bytes)])
    const beginnings = fc.constantFrom<readonly Line[]>(
      [],
      handshake.slice(0, 1),
      handshake.slice(0, 2),
      handshake,
    )
    fc.assert(
      fc.property(beginnings, fc.array(fc.oneof(packet, noise), { maxLength: 12 }), (beginning, lines) => {
        const all = [...beginning, ...lines]
        const said = (who: string): Buffer =>
          Buffer.concat(all.filter(([from]) => from === who).map(([, bytes]) => bytes))
        const result = converse(all)
        expect(result.forwarded).toEqual(said('client'))
        expect(Buffer.concat(result.units.map(unit => unit.bytes))).toEqual(said('server'))
      }),
      { numRuns: 500 },
    )
  })
})
