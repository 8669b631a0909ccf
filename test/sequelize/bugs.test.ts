import { cut, cutAfterForward } from '@comeback/chaos'
import { LostTransactionError, OutcomeUnknownError } from '@comeback/sequelize'
import { DatabaseError, type Options, type Sequelize, type Transaction } from 'sequelize'
import { beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { factsOf, onEachServer } from './bed.js'

/** What is written to the console, and kept from it. */
let said: MockInstance<typeof console.warn>
beforeEach(() => {
  said = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

/** Waits for hooks that nobody awaits. */
const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

onEachServer('what is to run after COMMIT', bed => {
  for (const [stack, open, runs] of [
    ['runs with stock Sequelize', () => bed.stock(), 1],
    ['does not run with Comeback', () => bed.sequelize(), 0],
  ] as const) {
    it(`${stack} when COMMIT has failed in a managed transaction`, async () => {
      const sequelize = open()
      const value = marker()
      const afterCommit = vi.fn()
      bed.proxy.inject(cut(), { match: /^COMMIT/i })
      await failureOf(
        sequelize.transaction(async transaction => {
          transaction.afterCommit(afterCommit)
          await factsOf(sequelize).create({ value }, { transaction })
        }),
      )
      await settled()
      expect(await bed.rows(value)).toBe(0)
      expect(afterCommit).toHaveBeenCalledTimes(runs)
    })

    it(`${stack} when COMMIT has failed in an unmanaged transaction`, async () => {
      const sequelize = open()
      const afterCommit = vi.fn()
      const transaction = await sequelize.transaction()
      transaction.afterCommit(afterCommit)
      await factsOf(sequelize).create({ value: marker() }, { transaction })
      await bed.killSeen()
      await failureOf(transaction.commit())
      await settled()
      expect(afterCommit).toHaveBeenCalledTimes(runs)
    })
  }

  it('runs once, in its order, with the transaction as `this` and argument when COMMIT has worked', async () => {
    const run = async (sequelize: Sequelize): Promise<unknown[]> => {
      const calls: unknown[] = []
      await sequelize.transaction(async transaction => {
        transaction.afterCommit(async function first(this: unknown, given) {
          await settled()
          const { finished } = transaction as unknown as { finished: unknown }
          calls.push(this === transaction, given === transaction, finished)
        })
        transaction.afterCommit(() => void calls.push('second'))
        await factsOf(sequelize).create({ value: marker() }, { transaction })
      })
      return calls
    }
    const ours = await run(bed.sequelize())
    expect(ours).toEqual([true, true, 'commit', 'second'])
    expect(ours).toEqual(await run(bed.stock()))
  })

  it('makes commit() fail when it fails itself, as with stock Sequelize', async () => {
    const run = async (sequelize: Sequelize): Promise<Error> =>
      failureOf(
        sequelize.transaction(async transaction => {
          transaction.afterCommit(() => {
            throw new Error('no mail today')
          })
        }),
      )
    expect(await run(bed.sequelize())).toEqual(await run(bed.stock()))
  })

  it('must be a function, as with stock Sequelize', async () => {
    for (const sequelize of [bed.stock(), bed.sequelize()]) {
      const transaction = await sequelize.transaction()
      expect(() => transaction.afterCommit(undefined as never)).toThrow('"fn" must be a function')
      await transaction.rollback()
    }
  })
})

onEachServer('a COMMIT that failed', bed => {
  it('is told to the console with stock Sequelize', async () => {
    const sequelize = bed.stock()
    bed.proxy.inject(cut(), { match: /^COMMIT/i })
    await failureOf(
      sequelize.transaction(transaction => factsOf(sequelize).create({ value: marker() }, { transaction })),
    )
    expect(said).toHaveBeenCalledWith(expect.stringContaining('Committing transaction'))
  })

  it('is told to its caller only with Comeback, and its connection is not used again', async () => {
    const sequelize = bed.sequelize()
    const facts = factsOf(sequelize)
    bed.proxy.inject(cut(), { match: /^COMMIT/i })
    const error = await failureOf(
      sequelize.transaction(transaction => facts.create({ value: marker() }, { transaction })),
    )
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(error).toMatchObject({ outcome: 'unknown', phase: 'commit' })
    expect(said).not.toHaveBeenCalled()
    await facts.create({ value: marker() })
    expect(bed.proxy.journal.connections).toHaveLength(2)
  })

  it('leaves its transaction finished, and a second commit() fails as with stock Sequelize', async () => {
    const again = async (sequelize: Sequelize): Promise<string> => {
      const transaction = await sequelize.transaction()
      await factsOf(sequelize).create({ value: marker() }, { transaction })
      bed.proxy.inject(cut(), { match: /^COMMIT/i })
      await failureOf(transaction.commit())
      return (await failureOf(transaction.commit())).message
    }
    expect(await again(bed.sequelize())).toBe(await again(bed.stock()))
  })

  it('rejects when it was sent through the query interface, with Comeback too', async () => {
    const sequelize = bed.sequelize()
    const transaction = await sequelize.transaction()
    await factsOf(sequelize).create({ value: marker() }, { transaction })
    bed.proxy.inject(cut(), { match: /^COMMIT/i })
    const { queryInterface, connectionManager } = sequelize as unknown as {
      queryInterface: { commitTransaction(transaction: Transaction, options: object): Promise<void> }
      connectionManager: { releaseConnection(connection: unknown): void }
    }
    const error = await failureOf(queryInterface.commitTransaction(transaction, {}))
    connectionManager.releaseConnection((transaction as unknown as { connection: unknown }).connection)
    expect(error).toBeInstanceOf(LostTransactionError)
  })
})

onEachServer('a ROLLBACK of a transaction that was lost', bed => {
  const outOfStock = async (sequelize: Sequelize): Promise<Error> =>
    failureOf(
      sequelize.transaction(async transaction => {
        await factsOf(sequelize).create({ value: marker() }, { transaction })
        await bed.killSeen()
        throw new Error('out of stock')
      }),
    )

  it("leaves the application's error alone, but is told to the console, with stock Sequelize", async () => {
    expect((await outOfStock(bed.stock())).message).toBe('out of stock')
    expect(said).toHaveBeenCalledWith(expect.stringContaining('Rolling back transaction'))
  })

  it("leaves the application's error alone with Comeback, and nothing is told to the console", async () => {
    expect((await outOfStock(bed.sequelize())).message).toBe('out of stock')
    expect(said).not.toHaveBeenCalled()
  })

  for (const [stack, open, outcome] of [
    ['fails with stock Sequelize', () => bed.stock(), 'failed'],
    ['works with Comeback', () => bed.sequelize(), 'rolled back'],
  ] as const) {
    it(`${stack}, and the next transaction works`, async () => {
      const sequelize = open()
      const transaction = await sequelize.transaction()
      await factsOf(sequelize).create({ value: marker() }, { transaction })
      await bed.killSeen()
      const result = await transaction.rollback().then(
        () => 'rolled back',
        () => 'failed',
      )
      expect(result).toBe(outcome)
      await sequelize.transaction(async next => {
        await factsOf(sequelize).create({ value: marker() }, { transaction: next })
      })
    })

    it(`${stack} when it is lost on its way`, async () => {
      const sequelize = open()
      const transaction = await sequelize.transaction()
      await factsOf(sequelize).create({ value: marker() }, { transaction })
      bed.proxy.inject(cut(), { match: /^ROLLBACK/i })
      const result = await transaction.rollback().then(
        () => 'rolled back',
        () => 'failed',
      )
      expect(result).toBe(outcome)
    })
  }
})

onEachServer('a statement in a transaction that was lost', bed => {
  it('is repeated three times, and its ROLLBACK too, with stock Sequelize and a `retry` without `match`', async () => {
    const sequelize = bed.stock({ retry: { max: 3 } })
    const logging = vi.fn()
    await failureOf(
      sequelize.transaction(async transaction => {
        await bed.killSeen()
        await factsOf(sequelize).create({ value: marker() }, { transaction, logging })
      }),
    )
    expect(logging).toHaveBeenCalledTimes(3)
  })

  it('is not repeated with Comeback', async () => {
    const sequelize = bed.sequelize({ retry: { max: 3 } }, { logger: false })
    const logging = vi.fn()
    const error = await failureOf(
      sequelize.transaction(async transaction => {
        await factsOf(sequelize).create({ value: marker() }, { transaction })
        await bed.killSeen()
        await factsOf(sequelize).create({ value: marker() }, { transaction, logging })
      }),
    )
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(logging).toHaveBeenCalledTimes(1)
  })

  it('can not be swallowed: COMMIT fails, and nothing of it is there', async () => {
    const sequelize = bed.sequelize()
    const facts = factsOf(sequelize)
    const value = marker()
    const error = await failureOf(
      sequelize.transaction(async transaction => {
        await facts.create({ value }, { transaction })
        await bed.killSeen()
        await failureOf(facts.create({ value }, { transaction }))
        await failureOf(facts.create({ value }, { transaction }))
      }),
    )
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(error).toMatchObject({ outcome: 'rolled-back' })
    expect(await bed.rows(value)).toBe(0)
  })
})

onEachServer('a savepoint', bed => {
  for (const [stack, open, known] of [
    ['a plain error with stock Sequelize', () => bed.stock(), false],
    ['what is known with Comeback', () => bed.sequelize(), true],
  ] as const) {
    it(`whose transaction was lost ends both with ${stack}`, async () => {
      const sequelize = open()
      const facts = factsOf(sequelize)
      const value = marker()
      const inner: unknown[] = []
      const error = await failureOf(
        sequelize.transaction(async outer => {
          await facts.create({ value }, { transaction: outer })
          await sequelize
            .transaction({ transaction: outer }, async transaction => {
              await facts.create({ value }, { transaction })
              await bed.killSeen()
              await facts.create({ value }, { transaction })
            })
            .catch((failure: unknown) => inner.push(failure))
        }),
      )
      expect(said).toHaveBeenCalledTimes(known ? 0 : 2)
      expect(await bed.rows(value)).toBe(0)
      for (const failure of [error, ...inner]) {
        expect(failure).toBeInstanceOf(DatabaseError)
        if (known) expect(failure).toMatchObject({ name: 'SequelizeDatabaseError', outcome: 'rolled-back' })
        else expect(failure).not.toHaveProperty('outcome')
      }
      expect(inner).toHaveLength(1)
    })
  }

  it('that could not be set does not run its function', async () => {
    const sequelize = bed.sequelize()
    const run = vi.fn()
    bed.proxy.inject(cut(), { match: /^SAVEPOINT/i })
    await failureOf(
      sequelize.transaction(async transaction => {
        await factsOf(sequelize).create({ value: marker() }, { transaction })
        await sequelize.transaction({ transaction }, run)
      }),
    )
    expect(run).not.toHaveBeenCalled()
  })
})

describe('a write whose answer was lost, under a `retry` of the application', () => {
  onEachServer('that matches it', bed => {
    const rules = [
      ['no `match`', {}],
      ['a class', { match: [DatabaseError] }],
      ['a predicate', { match: [(error: unknown) => error instanceof DatabaseError] }],
      ['a pattern', { match: /Connection lost|connection/ }],
      ['a pattern on the name', { match: [/SequelizeDatabaseError/] }],
    ] as const

    for (const [rule, match] of rules) {
      const retry = { max: 3, backoffBase: 0, ...match } as never

      it(`is executed twice with stock Sequelize and ${rule}`, async () => {
        const value = marker()
        const sequelize = bed.stock({ retry })
        bed.proxy.inject(cutAfterForward(), { kind: 'execute' })
        await factsOf(sequelize).create({ value })
        expect(await bed.rows(value)).toBe(2)
      })

      it(`is executed once with Comeback and ${rule}, and the reason is told once`, async () => {
        const value = marker()
        const warn = vi.fn()
        const sequelize = bed.sequelize({ retry }, { logger: { warn, error: () => undefined } })
        const facts = factsOf(sequelize)
        for (const _ of ['first', 'second']) {
          bed.proxy.inject(cutAfterForward(), { kind: 'execute' })
          expect(await failureOf(facts.create({ value }))).toBeInstanceOf(OutcomeUnknownError)
        }
        expect(await bed.rows(value)).toBe(2)
        const reasons = warn.mock.calls.filter(([message]) => String(message).includes('`retry`'))
        expect(reasons).toHaveLength(1)
        expect(reasons[0]?.[0]).toContain('match')
      })
    }

    it('is executed once when `retry` is given with the statement', async () => {
      const value = marker()
      const sequelize = bed.sequelize({}, { logger: false })
      const retry = { max: 3, match: [/.*/] }
      bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
      const error = await failureOf(
        sequelize.query(`INSERT INTO facts (value) VALUES ('${value}')`, { retry }),
      )
      expect(error).toBeInstanceOf(OutcomeUnknownError)
      expect(await bed.rows(value)).toBe(1)
    })

    it('tells the process when there is no logger', async () => {
      const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
      bed.sequelize({ retry: { max: 3 } })
      expect(warned).toHaveBeenCalledWith(expect.stringContaining('no `match`'), {
        type: 'ComebackWarning',
        code: 'COMEBACK_SEQUELIZE_RETRY',
      })
    })

    it('says nothing about a `retry` that means other failures, and leaves it as it works', async () => {
      const run = async (sequelize: Sequelize): Promise<number> => {
        const logging = vi.fn()
        await failureOf(sequelize.query('SELECT nothing FROM nowhere', { logging }))
        return logging.mock.calls.length
      }
      const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
      const harmless: NonNullable<Options['retry']>[] = [
        { max: 3, match: [/nowhere/], backoffBase: 0 },
        { max: 3, match: [/else/] },
        { max: 1 },
      ]
      for (const retry of harmless) {
        expect(await run(bed.sequelize({ retry }))).toBe(await run(bed.stock({ retry })))
      }
      expect(warned).not.toHaveBeenCalled()
    })
  })
})
