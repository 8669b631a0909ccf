import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  ComebackConfigError,
  ComebackError,
  DatabaseUnavailableError,
  LostConnectionError,
  LostTransactionError,
  OutcomeUnknownError,
  PacketTooLargeError,
  PoisonQueryError,
  SessionLostError,
  SharedConnectionError,
} from '../index.js'

const secret = "insert into users values ('hunter2')"
const driverError = (): Error =>
  Object.assign(new Error(`${secret} - Connection lost: The server closed the connection.`), {
    code: 'PROTOCOL_CONNECTION_LOST',
    fatal: true,
    sql: secret,
  })

const events = [{ type: 'link-lost', at: 1 }]
const common = { attempts: 3, elapsedMs: 1204, events, rule: 'client.connection-lost' }

const every = (): readonly ComebackError[] => {
  const loss = { ...common, cause: driverError(), evidence: 'no-answer', verb: 'INSERT' } as const
  return [
    new LostConnectionError({ ...loss, executed: 'unknown' }),
    new LostTransactionError({ ...loss, outcome: 'rolled-back', phase: 'statement', statements: 2 }),
    new OutcomeUnknownError(loss),
    new DatabaseUnavailableError({ ...common, cause: driverError(), reason: 'deadline' }),
    new SharedConnectionError({ ...common, conflict: 'process' }),
    new PacketTooLargeError({
      ...common,
      cause: driverError(),
      packetBytes: 20,
      maxAllowedPacket: 10,
      rows: 2,
    }),
    new PoisonQueryError({ ...common, cause: driverError(), deaths: 2 }),
    new SessionLostError({ ...loss, executed: 'no', baggage: ['temporary-table', 'user-lock'] }),
    new ComebackConfigError({
      option: 'retry.maxAttempts',
      received: 'a string',
      choices: ['a whole number'],
    }),
  ]
}

const named = every().map(error => [error.name, error] as const)

describe.each(named)('%s', (name, error) => {
  it('is an Error with a name and a message of three parts', () => {
    expect(error).toBeInstanceOf(Error)
    expect(error).toBeInstanceOf(ComebackError)
    expect(Object.hasOwn(error, 'name')).toBe(false)
    expect(error.stack).toMatch(new RegExp(`^${name}: `))
    expect(error.stack).not.toContain('new ComebackError')
    expect(error.advice).toMatch(/^[A-Z].*[.?]$/)
    expect(error.message).toContain(error.advice.replace(/^Give .*/, ''))
  })

  it('holds neither SQL nor a value in its message, its fields or its JSON', () => {
    const { cause: _, ...fields } = Object.fromEntries(Object.entries(error))
    for (const text of [error.message, inspect(fields), JSON.stringify(error)]) {
      expect(text).not.toContain('hunter2')
      expect(text).not.toContain('insert')
    }
  })

  it('has its events as a field that is not enumerated', () => {
    expect(Object.keys(error)).not.toContain('events')
    expect(error.events).toEqual(name === 'ComebackConfigError' ? [] : events)
    expect(inspect(error)).not.toContain('link-lost')
  })

  it('has all other fields as own enumerable fields with string names, which ORMs copy', () => {
    expect(Object.keys(error)).toEqual(
      expect.arrayContaining(['comeback', 'advice', 'code', 'fatal', 'attempts', 'elapsedMs']),
    )
    expect(Object.values(error)).not.toContain(undefined)
    expect(Object.getOwnPropertySymbols(error)).toEqual([])
  })

  it('becomes plain data that a log can hold', () => {
    const data: unknown = JSON.parse(JSON.stringify(error))
    expect(data).toMatchObject({ name, message: error.message, code: error.code, advice: error.advice })
    expect(data).not.toHaveProperty('stack')
    expect(data).not.toHaveProperty('comeback')
  })

  it('shows its name, message, fields and cause when printed', () => {
    const printed = inspect(error)
    expect(printed).toContain(`${name}: ${error.message}`)
    expect(printed).toContain(`code: '${error.code}'`)
    if (error.cause !== undefined) expect(printed).toContain('[cause]')
  })

  it('lets an adapter take its code off', () => {
    const without = every().find(one => one.name === name)
    expect(without && Reflect.deleteProperty(without, 'code')).toBe(true)
    expect(JSON.parse(JSON.stringify(without))).not.toHaveProperty('code')
  })
})

describe('the names under which drivers and the manual know a loss', () => {
  const lost = { evidence: 'no-answer', executed: 'unknown' } as const
  const gone = { evidence: 'dead-before-send', executed: 'no' } as const

  it("are the driver's code of the first loss and the manual's number", () => {
    const error = new LostConnectionError({ ...lost, cause: driverError() })
    expect(error).toMatchObject({
      code: 'PROTOCOL_CONNECTION_LOST',
      errno: 2013,
      symbol: 'CR_SERVER_LOST',
      sqlState: 'HY000',
      fatal: true,
    })
  })

  it('say 2006 of a statement that was not sent and 2013 of one that was', () => {
    expect(new LostConnectionError(gone)).toMatchObject({ code: 'CR_SERVER_GONE_ERROR', errno: 2006 })
    expect(new LostConnectionError(lost)).toMatchObject({ code: 'CR_SERVER_LOST', errno: 2013 })
    const transaction = { outcome: 'rolled-back', statements: 1 } as const
    expect(new LostTransactionError({ ...transaction, ...gone, phase: 'idle' }).errno).toBe(2006)
    expect(new LostTransactionError({ ...transaction, ...lost, phase: 'statement' }).errno).toBe(2013)
    expect(new DatabaseUnavailableError({ reason: 'breaker-open' }).errno).toBe(2006)
    expect(new OutcomeUnknownError(lost).errno).toBe(2013)
  })

  it('are those of an oversized packet where that is what happened', () => {
    expect(new PacketTooLargeError({ packetBytes: 2 })).toMatchObject({
      code: 'ER_NET_PACKET_TOO_LARGE',
      errno: 1153,
      sqlState: '08S01',
      fatal: false,
      evidence: 'queued-never-sent',
    })
    const cause = Object.assign(new Error('write ECONNRESET'), { code: 'ECONNRESET' })
    expect(new PacketTooLargeError({ packetBytes: 2, cause })).toMatchObject({
      code: 'ECONNRESET',
      fatal: true,
      evidence: 'write-failed',
    })
  })

  it('are none where no link was lost', () => {
    const shared = new SharedConnectionError({ conflict: 'thread' })
    expect(shared).toMatchObject({ code: 'ERR_COMEBACK_SHARED_CONNECTION', fatal: false, executed: 'no' })
    expect(shared).not.toHaveProperty('errno')
  })
})

describe('what an error says', () => {
  it('of a transaction depends on its outcome', () => {
    const loss = { evidence: 'no-answer', statements: 1 } as const
    const rolledBack = new LostTransactionError({ ...loss, outcome: 'rolled-back', phase: 'idle' })
    expect(rolledBack.executed).toBe('no')
    expect(rolledBack.message).toBe(
      'The connection to the database was lost, and with it a transaction, between two statements ' +
        '[CR_SERVER_LOST 2013]. 1 statement had completed in it. It is rolled back: nothing of it is in the database. ' +
        'Run the whole transaction again from its beginning, not just the statement.',
    )
    const unknown = new LostTransactionError({ ...loss, outcome: 'unknown', phase: 'commit' })
    expect(unknown.executed).toBe('unknown')
    expect(unknown.message).toContain('Whether it was committed is not known')
    const committed = new LostTransactionError({ ...loss, outcome: 'committed', phase: 'commit' })
    expect(committed.executed).toBe('yes')
    expect(committed.advice).toContain('do not run it again')
  })

  it('names why the link was given up', () => {
    const loss = { evidence: 'no-answer', executed: 'unknown' } as const
    expect(new LostConnectionError(loss).reason).toBe('connection-lost')
    const abandoned = new LostConnectionError({ ...loss, reason: 'deadline', verb: 'SELECT' })
    expect(abandoned.message).toContain('no answer within its deadline and was abandoned (SELECT)')
    expect(new OutcomeUnknownError({ ...loss, reason: 'aborted' }).message).toContain('signal was aborted')
    expect(new OutcomeUnknownError({ ...loss, reason: 'watchdog' }).message).toContain('no longer answered')
  })

  it('of a database that can not be had names the cause, without user or host', () => {
    const failure = (fields: object): Error =>
      Object.assign(new Error("'app'@'10.0.0.7' is not welcome"), fields)
    const says = (fields: object): string =>
      new DatabaseUnavailableError({ reason: 'deadline', lastFailure: failure(fields) }).message
    expect(says({ code: 'ENOTFOUND', syscall: 'getaddrinfo' })).toContain('DNS')
    expect(says({ code: 'ECONNREFUSED' })).toContain('Nothing accepts connections there')
    expect(says({ code: 'ER_ACCESS_DENIED_ERROR', errno: 1045 })).toContain('User name or password')
    expect(says({ code: 'ER_CON_COUNT_ERROR', errno: 1040 })).toContain('as many connections as it allows')
    expect(says({ errno: 1045 })).not.toMatch(/app|10\.0/)
  })

  it('of a database that can not be had keeps the code of the first loss', () => {
    const lastFailure = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const first = driverError()
    const error = new DatabaseUnavailableError({ reason: 'deadline', cause: first, lastFailure })
    expect(error.code).toBe('PROTOCOL_CONNECTION_LOST')
    expect(error.cause).toBe(first)
    expect(error.message).toContain('ECONNREFUSED')
    expect(new DatabaseUnavailableError({ reason: 'refused', lastFailure }).cause).toBe(lastFailure)
  })

  it('of a packet names both sizes and the rows', () => {
    const error = new PacketTooLargeError({ packetBytes: 2_000_000, maxAllowedPacket: 1_048_576, rows: 500 })
    expect(error.message).toContain('2000000 bytes with 500 rows')
    expect(error.message).toContain('1048576 bytes')
    expect(error.advice).toContain('fewer rows')
    expect(new PacketTooLargeError({ packetBytes: 2_000_000 }).advice).not.toContain('rows')
  })

  it('of a lost session names what is gone', () => {
    const loss = { evidence: 'dead-before-send', executed: 'no' } as const
    const error = new SessionLostError({ ...loss, baggage: ['temporary-table', 'table-lock'] })
    expect(error.message).toContain('a temporary table, a table lock')
    expect(new SessionLostError({ ...loss, baggage: [] }).message).toContain('LAST_INSERT_ID()')
  })

  it('of a wrong option names it, what was given and what may be given', () => {
    const error = new ComebackConfigError({
      option: 'policy.retry.maxAttempt',
      problem: 'unknown option',
      received: 'a number',
      choices: ['maxAttempts', 'deadlineMs'],
      didYouMean: 'policy.retry.maxAttempts',
    })
    expect(error.message).toBe(
      'policy.retry.maxAttempt: unknown option, got a number. Did you mean policy.retry.maxAttempts? ' +
        'Choices: maxAttempts, deadlineMs.',
    )
  })

  it('of sharing carries the stacks of both sides', () => {
    const error = new SharedConnectionError({
      conflict: 'async-context',
      ownerStack: 'at owner',
      otherStack: 'at other',
    })
    expect(error).toMatchObject({ ownerStack: 'at owner', otherStack: 'at other' })
    expect(error.toJSON()).not.toHaveProperty('ownerStack')
  })

  it('of a poisonous statement says whether it may have run', () => {
    expect(new PoisonQueryError({ deaths: 2 })).toMatchObject({
      executed: 'no',
      evidence: 'queued-never-sent',
    })
    const second = new PoisonQueryError({ deaths: 2, executed: 'unknown' })
    expect(second).toMatchObject({ executed: 'unknown', evidence: 'no-answer', errno: 2013 })
  })
})

describe("the driver's error", () => {
  it('is the cause, and nothing in it is changed', () => {
    const cause = Object.freeze(driverError())
    expect(new OutcomeUnknownError({ cause, evidence: 'no-answer' }).cause).toBe(cause)
  })

  it('is cut down to its codes in JSON', () => {
    const error = new OutcomeUnknownError({ cause: driverError(), evidence: 'no-answer' })
    expect(error.toJSON()['cause']).toEqual({ name: 'Error', code: 'PROTOCOL_CONNECTION_LOST' })
  })
})
