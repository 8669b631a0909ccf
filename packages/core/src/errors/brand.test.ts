import { describe, expect, it, vi } from 'vitest'
import * as ours from '../index.js'

const { ComebackError, LostConnectionError, LostTransactionError, brandAs, findComebackError } = ours

const transaction = (): InstanceType<typeof LostTransactionError> =>
  new LostTransactionError({ evidence: 'no-answer', outcome: 'unknown', phase: 'commit', statements: 1 })

/** As TypeORM does: own enumerable fields with string names are copied, all but the name. */
class CopyingOrmError extends Error {
  readonly driverError: Error
  constructor(driverError: Error) {
    super(driverError.message)
    Object.assign(this, driverError)
    this.driverError = driverError
  }
}

/** As Sequelize does: the error is kept, and none of its fields copied. */
class WrappingOrmError extends Error {
  readonly parent: Error
  constructor(parent: Error) {
    super(parent.message)
    this.parent = parent
  }
}

describe('instanceof', () => {
  it('is true for the class of an error and for ComebackError, and for no other class', () => {
    expect(transaction()).toBeInstanceOf(LostTransactionError)
    expect(transaction()).toBeInstanceOf(ComebackError)
    expect(transaction()).not.toBeInstanceOf(LostConnectionError)
    expect(new Error('x')).not.toBeInstanceOf(ComebackError)
  })

  it('is true between two copies of the package', async () => {
    vi.resetModules()
    const theirs: typeof ours = await import('../index.js')
    expect(theirs.LostTransactionError).not.toBe(LostTransactionError)
    const foreign = new theirs.LostTransactionError({
      evidence: 'no-answer',
      outcome: 'unknown',
      phase: 'commit',
      statements: 1,
    })
    expect(foreign).toBeInstanceOf(LostTransactionError)
    expect(foreign).toBeInstanceOf(ComebackError)
    expect(foreign).not.toBeInstanceOf(LostConnectionError)
    expect(transaction()).toBeInstanceOf(theirs.LostTransactionError)
    expect(ours.isLostTransaction(foreign)).toBe(true)
  })

  it("is true for an ORM's error that has copied our fields, and it stays the ORM's", () => {
    const wrapped = new CopyingOrmError(transaction())
    expect(wrapped).toBeInstanceOf(CopyingOrmError)
    expect(wrapped).toBeInstanceOf(LostTransactionError)
    expect(wrapped).toBeInstanceOf(ComebackError)
    expect(wrapped).not.toBeInstanceOf(LostConnectionError)
  })

  it('is by prototype for a class that a user has derived', () => {
    class Mine extends LostTransactionError {}
    const mine = new Mine({ evidence: 'no-answer', outcome: 'unknown', phase: 'commit', statements: 1 })
    expect(mine).toBeInstanceOf(Mine)
    expect(mine).toBeInstanceOf(LostTransactionError)
    expect(transaction()).not.toBeInstanceOf(Mine)
  })

  it('is false for anything else, and never throws', () => {
    const refuse = (): never => {
      throw new Error('no')
    }
    const hostile = new Proxy({}, { get: refuse, getPrototypeOf: refuse })
    for (const value of [
      undefined,
      null,
      1,
      'x',
      {},
      hostile,
      { comeback: { idempotent: true } },
      { comeback: 'yes' },
    ]) {
      expect(value instanceof ComebackError).toBe(false)
      expect(value instanceof LostTransactionError).toBe(false)
    }
  })
})

describe('brandAs', () => {
  it("gives an ORM's error our brand and fields, and leaves what it has", () => {
    const inner = transaction()
    const wrapper = Object.assign(new WrappingOrmError(inner), { advice: 'its own' })
    expect(wrapper).not.toBeInstanceOf(LostTransactionError)
    const message = wrapper.message
    expect(brandAs(wrapper, inner)).toBe(wrapper)
    expect(wrapper).toBeInstanceOf(WrappingOrmError)
    expect(wrapper).toBeInstanceOf(LostTransactionError)
    expect(wrapper).toBeInstanceOf(ComebackError)
    expect(wrapper).toMatchObject({ outcome: 'unknown', phase: 'commit', advice: 'its own', parent: inner })
    expect(wrapper.message).toBe(message)
    expect(wrapper.name).toBe('Error')
    expect(wrapper.cause).toBe(inner)
    expect(Object.keys(wrapper)).not.toContain('events')
  })

  it('changes nothing in our error', () => {
    const inner = Object.freeze(transaction())
    brandAs(new WrappingOrmError(inner), inner)
    expect(inner.cause).toBeUndefined()
  })
})

describe('findComebackError', () => {
  it('finds an error of ours in what an ORM or an application has wrapped around it', () => {
    const inner = transaction()
    const wrappers = [
      inner,
      new CopyingOrmError(inner),
      new WrappingOrmError(inner),
      new Error('mine', { cause: inner }),
      new Error('mine', { cause: new WrappingOrmError(inner) }),
      { original: inner },
    ]
    for (const wrapper of wrappers) expect(findComebackError(wrapper)).toBe(inner)
  })

  it('finds the outermost one only: an error of ours may be the cause of another', () => {
    const outer = new LostConnectionError({
      evidence: 'no-answer',
      executed: 'unknown',
      cause: transaction(),
    })
    expect(findComebackError(new Error('mine', { cause: outer }))).toBe(outer)
    expect(findComebackError(outer, LostTransactionError)).toBeUndefined()
  })

  it('finds nothing in other errors, in rings of causes, or in what is no error', () => {
    const ring = new Error('ring')
    ring.cause = ring
    for (const value of [ring, new Error('x'), undefined, 'x', 0])
      expect(findComebackError(value)).toBeUndefined()
  })
})

describe('the guards', () => {
  const loss = { evidence: 'no-answer' } as const
  const pairs = [
    [ours.isLostConnection, new LostConnectionError({ ...loss, executed: 'unknown' })],
    [ours.isLostTransaction, transaction()],
    [ours.isOutcomeUnknown, new ours.OutcomeUnknownError(loss)],
    [ours.isDatabaseUnavailable, new ours.DatabaseUnavailableError({ reason: 'deadline' })],
    [ours.isSharedConnection, new ours.SharedConnectionError({ conflict: 'thread' })],
    [ours.isPacketTooLarge, new ours.PacketTooLargeError({ packetBytes: 1 })],
    [ours.isPoisonQuery, new ours.PoisonQueryError({ deaths: 2 })],
    [ours.isSessionLost, new ours.SessionLostError({ ...loss, executed: 'no', baggage: [] })],
    [
      ours.isComebackConfigError,
      new ours.ComebackConfigError({ option: 'x', received: 'a string', choices: [] }),
    ],
  ] as const

  it.each(pairs.map(([guard, error]) => [guard.name, guard, error] as const))(
    '%s knows its own error, bare and wrapped, and no other',
    (_, guard, error) => {
      for (const [, other] of pairs) {
        expect(guard(other)).toBe(other === error)
        expect(guard(new WrappingOrmError(other))).toBe(other === error)
        expect(ours.isComebackError(new WrappingOrmError(other))).toBe(true)
      }
      expect(guard(new Error('x'))).toBe(false)
      expect(ours.isComebackError(new Error('x'))).toBe(false)
    },
  )
})
