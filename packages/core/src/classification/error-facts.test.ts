import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorFacts } from './error-facts.js'

const failure = (message: string, fields: object = {}): Error => Object.assign(new Error(message), fields)
const lost = {
  code: 'PROTOCOL_CONNECTION_LOST',
  message: 'Connection lost: The server closed the connection.',
}
const driverError = failure(lost.message, { code: lost.code, fatal: true })

describe('the facts of an error', () => {
  it('are its code, number, SQLSTATE, system call and message', () => {
    const reset = failure('read ECONNRESET', {
      code: 'ECONNRESET',
      errno: -104,
      syscall: 'read',
      fatal: true,
    })
    expect(errorFacts(reset)).toEqual({
      code: 'ECONNRESET',
      errno: -104,
      syscall: 'read',
      message: 'read ECONNRESET',
    })
    const duplicate = failure('Duplicate entry', { code: 'ER_DUP_ENTRY', errno: 1062, sqlState: '23000' })
    expect(errorFacts(duplicate)).toEqual({
      code: 'ER_DUP_ENTRY',
      errno: 1062,
      sqlState: '23000',
      message: 'Duplicate entry',
    })
  })

  it('take a numeric code for the number that it is', () => {
    expect(errorFacts(failure('idle', { code: 4031, fatal: true }))).toEqual({ errno: 4031, message: 'idle' })
    expect(errorFacts(failure('idle', { code: 4031, errno: 1927 }))).toEqual({ errno: 1927, message: 'idle' })
  })

  it('leave out fields of the wrong type', () => {
    const odd = failure('odd', { code: '', errno: 'ECONNRESET', sqlState: 42, syscall: null })
    expect(errorFacts(odd)).toEqual({ message: 'odd' })
    expect(errorFacts(failure('odd', { errno: Number.NaN, code: 1.5 }))).toEqual({ message: 'odd' })
  })

  it.each(['parent', 'original', 'driverError', 'cause'])(
    'are found in an error that keeps them in `%s`',
    link => {
      expect(errorFacts(failure('wrapped', { [link]: driverError }))).toEqual(lost)
      expect(errorFacts(failure('outer', { cause: failure('wrapped', { [link]: driverError }) }))).toEqual(
        lost,
      )
    },
  )

  it("are those of the driver's error rather than those that its wrapper has copied", () => {
    const wrapper = failure('copied', { code: 'COPIED', driverError })
    expect(errorFacts(wrapper)).toEqual(lost)
  })

  it('are those of the error itself rather than those of its cause', () => {
    const pool = failure('no link', { code: 'ER_GET_CONNECTION_TIMEOUT', errno: 45028, cause: driverError })
    expect(errorFacts(pool)).toEqual({ code: 'ER_GET_CONNECTION_TIMEOUT', errno: 45028, message: 'no link' })
  })

  it('are those of the first attempt where several addresses were tried', () => {
    const refused = { code: 'ECONNREFUSED', errno: -111, syscall: 'connect' }
    const all = new AggregateError(
      [failure('first', refused), failure('second', { code: 'ENETUNREACH' })],
      '',
    )
    Object.assign(all, { code: 'ECONNREFUSED' })
    expect(errorFacts(all)).toEqual({ ...refused, message: 'first' })
  })

  it('are the words of an error without any code, also inside a wrapper', () => {
    const closed = failure("Can't add new command when connection is in closed state", { fatal: true })
    expect(errorFacts(closed)).toEqual({ message: closed.message })
    expect(errorFacts(failure('wrapper', { parent: closed }))).toEqual({ message: closed.message })
    const timeout = failure('Knex: Timeout acquiring a connection.', {
      cause: failure('operation timed out'),
    })
    expect(errorFacts(timeout)).toEqual({ message: 'Knex: Timeout acquiring a connection.' })
  })

  it('are read from what is no error as well', () => {
    expect(errorFacts('out of luck')).toEqual({ message: 'out of luck' })
    expect(errorFacts({ code: 'EPIPE' })).toEqual({ code: 'EPIPE', message: '' })
    for (const nothing of [undefined, null, 42, 1n, true, Symbol('s'), {}, [], () => 1]) {
      expect(errorFacts(nothing)).toEqual({ message: '' })
    }
  })

  it('are found though causes form a ring', () => {
    const first = failure('first')
    const second = failure('second', { cause: first })
    Object.assign(first, { cause: second })
    expect(errorFacts(first)).toEqual({ message: 'first' })
  })

  it('are sought to a bounded depth', () => {
    let deep: Error = driverError
    for (let depth = 0; depth < 100; depth += 1) deep = failure(`level ${depth}`, { cause: deep })
    expect(errorFacts(deep)).toEqual({ message: 'level 99' })
  })

  it('are sought in a bounded number of errors', () => {
    let reads = 0
    const counted = new Proxy(failure('counted'), {
      get: (target, key, receiver) => {
        if (key === 'code') reads += 1
        return Reflect.get(target, key, receiver)
      },
    })
    const many = Array.from({ length: 10_000 }, () => Object.create(counted))
    errorFacts(new AggregateError(many))
    expect(reads).toBeLessThanOrEqual(64)
  })

  it('survive getters and proxies that throw', () => {
    const refuse = (): never => {
      throw new Error('no')
    }
    const hostile = Object.defineProperties(new Error('hostile'), {
      code: { get: refuse },
      message: { get: refuse },
      cause: { get: refuse },
    })
    expect(errorFacts(hostile)).toEqual({ message: '' })
    expect(errorFacts(new Proxy({}, { get: refuse, has: refuse, getPrototypeOf: refuse }))).toEqual({
      message: '',
    })
    const revoked = Proxy.revocable([], {})
    revoked.revoke()
    expect(errorFacts(revoked.proxy)).toEqual({ message: '' })
    expect(errorFacts({ errors: revoked.proxy })).toEqual({ message: '' })
  })

  it('change nothing in the error', () => {
    const frozen = Object.freeze(failure('frozen', { code: 'EPIPE', cause: Object.freeze(driverError) }))
    expect(errorFacts(frozen).code).toBe('EPIPE')
  })

  it('never throw, whatever was thrown', () => {
    const links = fc.constantFrom(
      'parent',
      'original',
      'driverError',
      'cause',
      'errors',
      'code',
      'errno',
      'message',
    )
    const thrown = fc.oneof(fc.anything({ withNullPrototype: true }), fc.dictionary(links, fc.anything()))
    fc.assert(
      fc.property(thrown, value => {
        const facts = errorFacts(value)
        expect(typeof facts.message).toBe('string')
        for (const [name, found] of Object.entries(facts)) {
          expect(typeof found).toBe(name === 'errno' ? 'number' : 'string')
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
