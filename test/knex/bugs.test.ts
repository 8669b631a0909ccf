import { setTimeout as pause } from 'node:timers/promises'
import { cut, cutInsideAnswer } from '@comeback/chaos'
import { LostConnectionError, LostTransactionError } from '@comeback/knex'
import type { Knex } from 'knex'
import { describe, expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf, stateOf } from '../contract/failure.js'
import { drain } from '../contract/operations.js'
import { onEachServer } from './bed.js'

const begins = /^BEGIN/i

async function begun(db: Knex): Promise<Knex.Transaction> {
  const trx = await db.transaction()
  trx.executionPromise.catch(() => undefined)
  return trx
}

onEachServer('a COMMIT that failed', bed => {
  for (const [stack, open] of [
    ['resolves with stock Knex', () => bed.stock()],
    ['rejects with Comeback', () => bed.knex()],
  ] as const) {
    it(`${stack}, and the row is not there`, async () => {
      const trx = await begun(open())
      const value = marker()
      await trx('facts').insert({ value })
      bed.proxy.inject(cut(), { match: /^COMMIT/i })
      const result = await Promise.resolve(trx.commit()).then(
        () => 'resolved',
        (error: unknown) => error,
      )
      expect(await bed.rows(value)).toBe(0)
      expect(trx.isCompleted()).toBe(true)
      if (stack.includes('stock')) expect(result).toBe('resolved')
      else expect(result).toMatchObject({ name: 'LostTransactionError', outcome: 'unknown', phase: 'commit' })
    })
  }

  it('rejects both promises of a transaction with the same error', async () => {
    const trx = await begun(bed.knex())
    await trx('facts').insert({ value: marker() })
    bed.proxy.inject(cut(), { match: /^COMMIT/i })
    const error = await failureOf(Promise.resolve(trx.commit()))
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(await failureOf(trx.executionPromise)).toBe(error)
  })

  it('rejects no promise that nobody has when the await is left out', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    try {
      const trx = await begun(bed.knex())
      await trx('facts').insert({ value: marker() })
      bed.proxy.inject(cut(), { match: /^COMMIT/i })
      void trx.commit()
      expect(await failureOf(trx.executionPromise)).toBeInstanceOf(LostTransactionError)
      await new Promise(resolve => setImmediate(resolve))
      expect(unhandled).toEqual([])
    } finally {
      process.off('unhandledRejection', note)
    }
  })
})

onEachServer('a BEGIN that failed', bed => {
  const refused = (): void => void bed.proxy.inject(cut(), { match: begins, times: 'always' })

  it('runs the function on a dead transaction with stock Knex', async () => {
    let runs = 0
    refused()
    await failureOf(
      bed.stock().transaction(async () => {
        runs += 1
      }),
    )
    expect(runs).toBe(1)
  })

  it('does not run the function with Comeback', async () => {
    let runs = 0
    refused()
    const db = bed.knex()
    const error = await failureOf(
      db.transaction(async () => {
        runs += 1
      }),
    )
    expect(runs).toBe(0)
    expect(error).toBeInstanceOf(LostConnectionError)
  })

  for (const [way, open] of [
    ['transaction()', (db: Knex) => db.transaction()],
    ['transactionProvider()', (db: Knex) => db.transactionProvider()()],
  ] as const) {
    it(`resolves ${way} with a dead transaction with stock Knex`, async () => {
      refused()
      const trx = await open(bed.stock())
      trx.executionPromise.catch(() => undefined)
      expect(trx.isCompleted()).toBe(true)
      expect((await failureOf(trx('facts').select().then())).message).toContain('already complete')
    })

    it(`rejects ${way} with Comeback, and its connection is free again`, async () => {
      refused()
      const db = bed.knex()
      expect(await failureOf(open(db))).toBeInstanceOf(LostConnectionError)
      bed.proxy.clear()
      const value = marker()
      await db.transaction(trx => trx('facts').insert({ value }))
      expect(await bed.rows(value)).toBe(1)
    })
  }
})

onEachServer('a ROLLBACK that failed', bed => {
  const fail = (db: Knex): Promise<Error> =>
    failureOf(
      db.transaction(async trx => {
        await trx('facts').insert({ value: marker() })
        await bed.killSeen()
        throw new Error('out of stock')
      }),
    )

  it("masks the application's error with stock Knex", async () => {
    expect((await fail(bed.stock())).message).toMatch(/^ROLLBACK - /)
  })

  it("leaves the application's error alone with Comeback", async () => {
    expect((await fail(bed.knex())).message).toBe('out of stock')
  })

  it("leaves the application's error alone when the link is lost in it", async () => {
    const db = bed.knex()
    bed.proxy.inject(cut(), { match: /^ROLLBACK/i })
    const error = await failureOf(
      db.transaction(async trx => {
        await trx('facts').insert({ value: marker() })
        throw new Error('out of stock')
      }),
    )
    expect(error.message).toBe('out of stock')
  })
})

onEachServer('a stream that lost its connection', bed => {
  const rows = 'SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3'
  const half = (): void =>
    void bed.proxy.inject(cutInsideAnswer({ afterRows: 1 }), { match: /^SELECT 1 AS n/ })

  it('hangs with stock Knex, and its slot never comes back', async () => {
    const db = bed.stock({ acquireConnectionTimeout: 300 })
    half()
    const drained = drain(db.raw(rows).stream() as AsyncIterable<unknown>)
    await bed.proxy.until(journal => journal.connections.length > 0 && journal.openConnections.length === 0)
    expect(await stateOf(drained, 300)).toBe('pending')
    expect((await failureOf(db.raw('DO 1').then())).message).toContain('Timeout acquiring a connection')
  })

  it('ends with an error with Comeback, and its slot is free', async () => {
    const db = bed.knex()
    half()
    const error = await failureOf(drain(db.raw(rows).stream() as AsyncIterable<unknown>))
    expect(error).toBeInstanceOf(LostConnectionError)
    await db.raw('DO 1')
  })

  it("ends a handler's stream with an error with Comeback, and its slot is free", async () => {
    const db = bed.knex()
    half()
    const errors: unknown[] = []
    await db.raw(rows).stream(stream => {
      stream.on('error', error => errors.push(error)).resume()
    })
    expect(errors).toEqual([expect.any(LostConnectionError)])
    await db.raw('DO 1')
  })
})

onEachServer('a stream for whose only connection two transactions wait', bed => {
  /** What became of two transactions, of which the first fails while it has the connection, and the rows of both. */
  async function inTurn(db: Knex): Promise<{ ends: readonly unknown[]; rows: readonly number[] }> {
    const values = [marker(), marker()] as const
    const streamed = drain(db.raw('SELECT 1 AS n').stream() as AsyncIterable<unknown>)
    const ends = await Promise.all([
      failureOf(
        db.transaction(async trx => {
          await trx('facts').insert({ value: values[0] })
          await pause(20)
          throw new Error('out of stock')
        }),
      ).then(({ message }) => message),
      db
        .transaction(async trx => trx('facts').insert({ value: values[1] }))
        .then(
          () => 'committed',
          ({ name }: Error) => name,
        ),
    ])
    await streamed
    return { ends, rows: await Promise.all(values.map(value => bed.rows(value))) }
  }

  it('lets both have it at once with stock Knex, and one of them is not as it was told', async () => {
    const { ends, rows } = await inTurn(bed.stock())
    expect(ends).toEqual(['out of stock', 'committed'])
    expect(rows).not.toEqual([0, 1])
  })

  it('lets one have it after the other with Comeback', async () => {
    const { ends, rows } = await inTurn(bed.knex())
    expect(ends).toEqual(['out of stock', 'committed'])
    expect(rows).toEqual([0, 1])
  })

  it('lets one have it after the other with Comeback, too, when it is destroyed as it gets it', async () => {
    // How many turns of the queue of promises later that is.
    for (const turns of [0, 1, 2, 4, 8]) {
      const db = bed.knex()
      const before = await begun(db)
      const stream = db.raw('SELECT 1 AS n').stream()
      const values = [marker(), marker()]
      const two = values.map(value =>
        db.transaction(async trx => {
          await trx('facts').insert({ value })
          await trx.raw('DO 1')
        }),
      )
      await before.commit()
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
      stream.destroy()
      await Promise.all(two)
      const { commands } = bed.proxy.journal
      const order = commands.map(({ sql }) => /^(?:BEGIN|COMMIT)/.exec(sql ?? '')?.[0]).filter(Boolean)
      expect(order.slice(-6)).toEqual(['BEGIN', 'COMMIT', 'BEGIN', 'COMMIT', 'BEGIN', 'COMMIT'])
    }
  })

  it('gives its slot back once with Comeback: read to its end, left early, failed', async () => {
    const db = bed.knex()
    const { pool } = db.client as { pool: { numUsed(): number } }
    const free = (): Promise<void> => expect.poll(() => pool.numUsed()).toBe(0)
    for await (const _ of db.raw('SELECT 1 AS n').stream());
    await free()
    for await (const _ of db.raw('SELECT 1 AS n UNION SELECT 2').stream()) break
    await free()
    await failureOf(drain(db.raw('SELECT nothing').stream() as AsyncIterable<unknown>))
    await free()
    db.raw('SELECT 1 AS n').stream().destroy()
    await free()
    await db.raw('DO 1')
  })
})

onEachServer('a savepoint', bed => {
  it('that could not be released resolves with stock Knex', async () => {
    const trx = await begun(bed.stock())
    const inner = await trx.transaction()
    inner.executionPromise.catch(() => undefined)
    await inner('facts').insert({ value: marker() })
    bed.proxy.inject(cut(), { match: /^RELEASE/i })
    await expect(Promise.resolve(inner.commit())).resolves.toBeUndefined()
  })

  it('that could not be released rejects with Comeback, and so does the COMMIT around it', async () => {
    const trx = await begun(bed.knex())
    const inner = await trx.transaction()
    inner.executionPromise.catch(() => undefined)
    const value = marker()
    await inner('facts').insert({ value })
    bed.proxy.inject(cut(), { match: /^RELEASE/i })
    expect(await failureOf(Promise.resolve(inner.commit()))).toMatchObject({ outcome: 'rolled-back' })
    expect(await failureOf(Promise.resolve(trx.commit()))).toBeInstanceOf(LostTransactionError)
    expect(await bed.rows(value)).toBe(0)
  })

  for (const [stack, open, message] of [
    ["masks the application's error with stock Knex", () => bed.stock(), /^ROLLBACK/],
    ["leaves the application's error alone with Comeback", () => bed.knex(), /^out of stock$/],
  ] as const) {
    it(`that could not be rolled back to ${stack}`, async () => {
      const error = await failureOf(
        open().transaction(async trx => {
          await trx('facts').insert({ value: marker() })
          await trx.transaction(async inner => {
            await inner('facts').insert({ value: marker() })
            await bed.killSeen()
            throw new Error('out of stock')
          })
        }),
      )
      expect(error.message).toMatch(message)
    })
  }

  for (const [stack, open, runs] of [
    ['runs its function all the same with stock Knex', () => bed.stock(), 1],
    ['does not run its function with Comeback', () => bed.knex(), 0],
  ] as const) {
    it(`that could not be set ${stack}`, async () => {
      let ran = 0
      await failureOf(
        open().transaction(async trx => {
          await trx('facts').insert({ value: marker() })
          bed.proxy.inject(cut(), { match: /^SAVEPOINT/i })
          await trx.transaction(async () => {
            ran += 1
          })
        }),
      )
      expect(ran).toBe(runs)
    })
  }
})

describe('the messages of errors', () => {
  onEachServer('of a transaction that was lost', bed => {
    const failures = async (db: Knex): Promise<[Error, Error]> => {
      const trx = await begun(db)
      await trx('facts').insert({ value: 'a secret' })
      bed.proxy.inject(cut(), { match: /first/ })
      const [first, second] = await Promise.all([
        failureOf(trx('facts').where({ value: 'first secret' }).select().then()),
        failureOf(trx('facts').where({ value: 'second secret' }).select().then()),
      ])
      await Promise.resolve(trx.rollback()).catch(() => undefined)
      return [first, second]
    }

    it('hold every statement and value that failed with it with stock Knex', async () => {
      const [first] = await failures(bed.stock())
      expect(first.message).toContain('first secret')
      expect(first.message).toContain('second secret')
    })

    it('hold no statement and no value with Comeback', async () => {
      const [first, second] = await failures(bed.knex())
      expect(first).toBeInstanceOf(LostTransactionError)
      expect(second).toBe(first)
      for (const text of [first.message, first.stack ?? '', JSON.stringify(first)]) {
        expect(text).not.toMatch(/secret|facts|select \*/i)
      }
    })
  })
})
