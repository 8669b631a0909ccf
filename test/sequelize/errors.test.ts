import { inspect } from 'node:util'
import { cut, cutAfterForward } from '@comeback/chaos'
import {
  annotate,
  ComebackError,
  DatabaseUnavailableError,
  LostConnectionError,
  LostTransactionError,
  OutcomeUnknownError,
} from '@comeback/sequelize'
import {
  AccessDeniedError,
  BaseError,
  ConnectionError,
  ConnectionRefusedError,
  DatabaseError,
  UniqueConstraintError,
} from 'sequelize'
import { expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { factsOf, onEachServer } from './bed.js'

type Wrapped = Error & { readonly parent: Error; readonly original: Error; readonly sql?: string }

const short = { outage: { maxWaitMs: 300, connectTimeoutMs: 200 }, retry: { deadlineMs: 300 } }

onEachServer('an error', bed => {
  it('of a lost connection is a ConnectionError and a LostConnectionError', async () => {
    const facts = factsOf(bed.sequelize())
    const value = marker()
    bed.proxy.inject(cut(), { match: new RegExp(value) })
    const find = facts.findAll({ where: { value }, comeback: { retry: false } })
    const error = (await failureOf(find)) as Wrapped
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toBeInstanceOf(BaseError)
    expect(error).toBeInstanceOf(LostConnectionError)
    expect(error).toBeInstanceOf(ComebackError)
    expect(error).not.toBeInstanceOf(OutcomeUnknownError)
    expect(error.name).toBe('SequelizeConnectionError')
    expect(error.parent).toBeInstanceOf(LostConnectionError)
    expect(error.original).toBe(error.parent)
    expect(error.cause).toBe(error.parent)
    expect(error).toMatchObject({ errno: 2013, code: 'PROTOCOL_CONNECTION_LOST' })
  })

  it('of a database that can not be reached is the one that Sequelize has for it, and ours', async () => {
    const sequelize = bed.sequelize({}, short)
    await bed.proxy.refuse()
    try {
      const error = (await failureOf(sequelize.authenticate())) as Wrapped
      expect(error).toBeInstanceOf(ConnectionRefusedError)
      expect(error).toBeInstanceOf(ConnectionError)
      expect(error).toBeInstanceOf(DatabaseUnavailableError)
      expect(error.parent).toBeInstanceOf(DatabaseUnavailableError)
      expect(error).toMatchObject({ executed: 'no', code: 'ECONNREFUSED' })
    } finally {
      await bed.proxy.accept()
    }
  })

  it('of a transaction that was lost is a DatabaseError and a LostTransactionError', async () => {
    const sequelize = bed.sequelize()
    const facts = factsOf(sequelize)
    const error = (await failureOf(
      sequelize.transaction(async transaction => {
        await facts.create({ value: marker() }, { transaction })
        await bed.killSeen()
        await facts.create({ value: marker() }, { transaction })
      }),
    )) as Wrapped
    expect(error).toBeInstanceOf(DatabaseError)
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(error).not.toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ name: 'SequelizeDatabaseError', outcome: 'rolled-back' })
    expect(error.parent).toBeInstanceOf(LostTransactionError)
    expect(error.original).toBe(error.parent)
    expect(error.sql).toContain('INSERT INTO')
  })

  it('of a write whose outcome is unknown is a DatabaseError and an OutcomeUnknownError', async () => {
    const facts = factsOf(bed.sequelize())
    bed.proxy.inject(cutAfterForward(), { kind: 'execute' })
    const error = await failureOf(facts.create({ value: marker() }))
    expect(error).toBeInstanceOf(DatabaseError)
    expect(error).toBeInstanceOf(OutcomeUnknownError)
    expect(error).not.toBeInstanceOf(ConnectionError)
  })

  it('has the frames of whoever issued the statement', async () => {
    const facts = factsOf(bed.sequelize())
    async function takeOrder(): Promise<unknown> {
      return await facts.findAll({ comeback: { retry: false } })
    }
    await facts.count()
    bed.proxy.inject(cutAfterForward(), { match: /^SELECT/ })
    expect((await failureOf(takeOrder())).stack).toContain('Query.run')
    bed.proxy.inject(cutAfterForward(), { kind: 'execute' })
    expect((await failureOf(facts.create({ value: marker() }))).stack).toContain('Query.run')
  })

  it('holds no value in its message or its stack, and ours none where a log would print it', async () => {
    const sequelize = bed.sequelize()
    const facts = factsOf(sequelize)
    bed.proxy.inject(cutAfterForward(), { match: /hunter2/ })
    const lost = (await failureOf(facts.bulkCreate([{ value: 'hunter2' }]))) as Wrapped
    bed.proxy.inject(cutAfterForward(), { kind: 'execute' })
    const prepared = (await failureOf(facts.create({ value: 'hunter2' }))) as Wrapped
    for (const error of [lost, prepared]) {
      expect(error.sql).toContain('INSERT INTO')
      for (const text of [
        error.message,
        error.stack ?? '',
        inspect(error.parent),
        JSON.stringify(error.parent),
      ]) {
        expect(text).not.toMatch(/hunter2|INSERT INTO/)
      }
    }
  })

  it('of the server stays what it is for stock Sequelize', async () => {
    for (const sequelize of [bed.stock(), bed.sequelize()]) {
      const facts = factsOf(sequelize)
      const { id } = await facts.create({ value: marker() })
      const twice = await failureOf(facts.create({ id, value: marker() }))
      expect(twice).toBeInstanceOf(UniqueConstraintError)
      expect(twice).toMatchObject({
        parent: { errno: 1062, code: 'ER_DUP_ENTRY' },
        fields: { PRIMARY: String(id) },
      })
      expect(twice).not.toBeInstanceOf(ComebackError)
    }
    for (const open of [bed.stock.bind(bed), bed.sequelize.bind(bed)]) {
      const denied = await failureOf(open({ password: 'wrong' }).authenticate())
      expect(denied).toBeInstanceOf(AccessDeniedError)
      expect(denied).not.toBeInstanceOf(ComebackError)
    }
  })

  it('of a statement that took too long is told apart from a lost one by its reason', async () => {
    const sequelize = bed.sequelize()
    const slow = annotate({ deadlineMs: 100 }, () => sequelize.query('SELECT SLEEP(20)'))
    expect(await failureOf(slow)).toMatchObject({ name: 'SequelizeConnectionError', reason: 'deadline' })
  })
})
