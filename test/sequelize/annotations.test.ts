import { cutAfterForward } from '@comeback/chaos'
import {
  type Annotation,
  annotate,
  ComebackConfigError,
  LostConnectionError,
  LostTransactionError,
  OutcomeUnknownError,
} from '@comeback/sequelize'
import type { Sequelize } from 'sequelize'
import { expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { type Fact, factsOf, onEachServer, type SequelizeBed } from './bed.js'

interface Declared {
  comeback?: Annotation
}

type Statement = (sequelize: Sequelize, value: string, declared: Declared) => Promise<unknown>

/** A row to change. */
const row = (sequelize: Sequelize, value: string): Promise<Fact> => factsOf(sequelize).create({ value })

/** What loses the answer of the statement that is named. */
const lose = (bed: SequelizeBed, statement: RegExp): void =>
  void bed.proxy.inject(cutAfterForward(), { match: statement })

const writes: readonly (readonly [name: string, statement: RegExp, Statement])[] = [
  ['create', /^INSERT/i, (sequelize, value, declared) => factsOf(sequelize).create({ value }, declared)],
  [
    'bulkCreate',
    /^INSERT/i,
    (sequelize, value, declared) => factsOf(sequelize).bulkCreate([{ value }], declared),
  ],
  ['upsert', /^INSERT/i, (sequelize, value, declared) => factsOf(sequelize).upsert({ value }, declared)],
  [
    'update',
    /^UPDATE/i,
    (sequelize, value, declared) => factsOf(sequelize).update({ value }, { where: { value }, ...declared }),
  ],
  [
    'destroy',
    /^DELETE/i,
    (sequelize, value, declared) => factsOf(sequelize).destroy({ where: { value }, ...declared }),
  ],
  [
    'increment',
    /^UPDATE/i,
    (sequelize, value, declared) =>
      factsOf(sequelize).increment('id', { by: 0, where: { value }, ...declared }),
  ],
  [
    'decrement',
    /^UPDATE/i,
    (sequelize, value, declared) =>
      factsOf(sequelize).decrement('id', { by: 0, where: { value }, ...declared }),
  ],
  ['truncate', /^TRUNCATE/i, (sequelize, _, declared) => factsOf(sequelize).truncate(declared)],
  [
    'query',
    /^DELETE/i,
    (sequelize, value, declared) =>
      sequelize.query('DELETE FROM facts WHERE value = ?', { replacements: [value], ...declared }),
  ],
  [
    'a row’s save',
    /^UPDATE/i,
    async (sequelize, value, declared) =>
      (await row(sequelize, value)).set({ value: `${value}!` }).save(declared),
  ],
  [
    'a row’s update',
    /^UPDATE/i,
    async (sequelize, value, declared) =>
      (await row(sequelize, value)).update({ value: `${value}!` }, declared),
  ],
  [
    'a row’s increment',
    /^UPDATE/i,
    async (sequelize, value, declared) =>
      (await row(sequelize, value)).increment('id', { by: 0, ...declared }),
  ],
  [
    'a row’s destroy',
    /^DELETE/i,
    async (sequelize, value, declared) => (await row(sequelize, value)).destroy(declared),
  ],
]

const reads: readonly (readonly [name: string, Statement])[] = [
  ['findAll', (sequelize, value, declared) => factsOf(sequelize).findAll({ where: { value }, ...declared })],
  ['findOne', (sequelize, value, declared) => factsOf(sequelize).findOne({ where: { value }, ...declared })],
  ['findByPk', (sequelize, _, declared) => factsOf(sequelize).findByPk(1, declared)],
  [
    'findAndCountAll',
    (sequelize, value, declared) => factsOf(sequelize).findAndCountAll({ where: { value }, ...declared }),
  ],
  ['count', (sequelize, value, declared) => factsOf(sequelize).count({ where: { value }, ...declared })],
  ['max', (sequelize, value, declared) => factsOf(sequelize).max('id', { where: { value }, ...declared })],
  ['query', (sequelize, _, declared) => sequelize.query('SELECT 1', declared)],
  ['a row’s reload', async (sequelize, value, declared) => (await row(sequelize, value)).reload(declared)],
]

onEachServer('comeback among the options', bed => {
  for (const [name, statement, run] of writes) {
    it(`of ${name} has a lost write sent again that is declared idempotent, and no other`, async () => {
      const sequelize = bed.sequelize()
      const value = marker()
      await factsOf(sequelize).create({ value })
      lose(bed, statement)
      await run(sequelize, value, { comeback: { idempotent: true } })
      lose(bed, statement)
      expect(await failureOf(run(sequelize, value, {}))).toBeInstanceOf(OutcomeUnknownError)
    })
  }

  for (const [name, run] of reads) {
    it(`of ${name} keeps a read from being sent again, which it is otherwise`, async () => {
      const sequelize = bed.sequelize()
      const value = marker()
      lose(bed, /^SELECT/i)
      await run(sequelize, value, {})
      lose(bed, /^SELECT/i)
      expect(await failureOf(run(sequelize, value, { comeback: { retry: false } }))).toBeInstanceOf(
        LostConnectionError,
      )
    })
  }

  it('asks what verify says', async () => {
    const facts = factsOf(bed.sequelize())
    const value = marker()
    lose(bed, new RegExp(value))
    const verify = async (): Promise<boolean> => (await bed.rows(value)) === 1
    await facts.bulkCreate([{ value }], { comeback: { verify } })
    expect(await bed.rows(value)).toBe(1)
    expect(bed.sent(value)).toBe(1)
  })

  it('gives a statement a deadline and a signal, through the copies that Sequelize makes of options', async () => {
    const sequelize = bed.sequelize()
    const facts = factsOf(sequelize)
    const slow = { attributes: [[sequelize.literal('SLEEP(20)'), 'nap']] as never, raw: true }
    await facts.create({ value: marker() })
    const late = await failureOf(facts.findAll({ ...slow, comeback: { deadlineMs: 100 } }))
    expect(late).toMatchObject({ reason: 'deadline' })
    const signal = AbortSignal.timeout(100)
    const stopped = await failureOf(facts.findAll({ ...slow, comeback: { signal } }))
    expect(stopped).toBeInstanceOf(LostConnectionError)
  })

  it('wins over the scope of annotate()', async () => {
    const facts = factsOf(bed.sequelize())
    lose(bed, /^SELECT/i)
    await annotate({ retry: false }, () => facts.findAll({ comeback: { retry: true } }))
  })

  it('is refused by name when it is wrong, before anything is sent', async () => {
    const sequelize = bed.sequelize()
    const wrong = { comeback: { idempotant: true } } as never
    await sequelize.authenticate()
    bed.proxy.journal.clear()
    const calls: readonly (() => Promise<unknown>)[] = [
      () => sequelize.query('DO 1', wrong),
      () => sequelize.transaction(wrong),
      () => sequelize.transaction(wrong, async () => 1),
    ]
    for (const call of calls) {
      const error = await failureOf(call())
      expect(error).toBeInstanceOf(ComebackConfigError)
      expect(error.message).toContain('options.comeback.idempotent')
    }
    expect(bed.proxy.journal.sent(/./)).toEqual([])
    await sequelize.authenticate()
  })
})

onEachServer('comeback among the options of a transaction', bed => {
  it('is in force for every statement in it, and those of its savepoints', async () => {
    const sequelize = bed.sequelize()
    const slow = 'SELECT SLEEP(20)'
    const comeback = { deadlineMs: 150 }
    const failures = await Promise.all([
      failureOf(
        sequelize.transaction({ comeback }, async transaction => sequelize.query(slow, { transaction })),
      ),
      failureOf(
        sequelize.transaction({ comeback }, async transaction =>
          sequelize.transaction({ transaction }, async inner =>
            sequelize.query(slow, { transaction: inner }),
          ),
        ),
      ),
    ])
    for (const error of failures) expect(error).toMatchObject({ outcome: 'rolled-back', reason: 'deadline' })
  })

  it('gives way to a statement’s own', async () => {
    const sequelize = bed.sequelize()
    const comeback = { deadlineMs: 100 }
    await sequelize.transaction({ comeback }, async transaction => {
      await sequelize.query('DO SLEEP(0.3)', { transaction, comeback: { deadlineMs: 5_000 } })
    })
  })

  it('repeats nothing in it, however idempotent', async () => {
    const sequelize = bed.sequelize()
    const value = marker()
    lose(bed, new RegExp(value))
    const error = await failureOf(
      sequelize.transaction({ comeback: { idempotent: true } }, transaction =>
        factsOf(sequelize).bulkCreate([{ value }], { transaction }),
      ),
    )
    expect(error).toBeInstanceOf(LostTransactionError)
    expect(bed.sent(value)).toBe(1)
    expect(await bed.rows(value)).toBe(0)
  })
})

onEachServer('annotate()', bed => {
  it('is in force for whatever Sequelize sends within it', async () => {
    const sequelize = bed.sequelize()
    const facts = factsOf(sequelize)
    lose(bed, /^INSERT/i)
    await annotate({ idempotent: true }, () => facts.create({ value: marker() }))
    lose(bed, /^INSERT/i)
    expect(await failureOf(facts.create({ value: marker() }))).toBeInstanceOf(OutcomeUnknownError)
  })

  it('may be a comment in the statement', async () => {
    const sequelize = bed.sequelize()
    const value = marker()
    lose(bed, new RegExp(value))
    await sequelize.query(`/* comeback:idempotent */ INSERT INTO facts (value) VALUES ('${value}')`)
    expect(bed.sent(value)).toBe(2)
  })
})
