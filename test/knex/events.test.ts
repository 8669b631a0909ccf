import { cut, cutAfterForward } from '@comeback/chaos'
import { type ComebackEvent, comeback } from '@comeback/knex'
import knex, { type Knex } from 'knex'
import type { TypeCastField } from 'mysql2'
import { expect, it } from 'vitest'
import { marker, patientPolicy } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { onEachServer } from './bed.js'

/** How often an instance emits each of Knex's own events. */
function countEvents(db: Knex): Record<string, number> {
  const counts: Record<string, number> = { start: 0, query: 0, 'query-response': 0, 'query-error': 0 }
  for (const name of Object.keys(counts)) {
    db.on(name, () => {
      counts[name] = (counts[name] ?? 0) + 1
    })
  }
  return counts
}

onEachServer("Knex's own events", bed => {
  it('are emitted once for a statement that is sent twice', async () => {
    const db = bed.knex()
    const counts = countEvents(db)
    const value = marker()
    bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
    await db('facts').where({ value }).select()
    expect(bed.sent(value)).toBe(2)
    expect(counts).toEqual({ start: 1, query: 1, 'query-response': 1, 'query-error': 0 })
  })

  it('are emitted once for a statement that fails', async () => {
    const db = bed.knex()
    const counts = countEvents(db)
    const value = marker()
    bed.proxy.inject(cut(), { match: new RegExp(value) })
    await failureOf(db('facts').insert({ value }).then())
    expect(counts).toEqual({ start: 1, query: 1, 'query-response': 0, 'query-error': 1 })
  })
})

onEachServer('the event comeback', bed => {
  const lose = async (db: Knex): Promise<void> => {
    const value = marker()
    bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
    await db('facts').where({ value }).select()
  }
  const expected = ['link-lost', 'resend', 'reopened']

  it('is emitted on the client of an instance made from a configuration', async () => {
    const db = bed.knex()
    const types: string[] = []
    db.client.on('comeback', (event: ComebackEvent) => types.push(event.type))
    await lose(db)
    expect(types).toEqual(expect.arrayContaining(expected))
  })

  it('is emitted on an instance that was attached, once', async () => {
    const db = comeback.attach(bed.keep(knex(bed.config())), { ...patientPolicy, name: 'orders' })
    comeback.attach(db)
    const events: ComebackEvent[] = []
    db.on('comeback', (event: ComebackEvent) => events.push(event))
    await lose(db)
    const types = events.map(({ type }) => type)
    expect(types).toEqual(expect.arrayContaining(expected))
    expect(types.filter(type => type === 'link-lost')).toHaveLength(1)
    expect(events.every(({ pool }) => pool === 'orders')).toBe(true)
    expect(JSON.stringify(events)).not.toMatch(/facts|fact-/)
  })

  it('is emitted on an instance made from a configuration and attached without a policy', async () => {
    const db = comeback.attach(bed.knex())
    const types: string[] = []
    db.on('comeback', (event: ComebackEvent) => types.push(event.type))
    await lose(db)
    expect(types).toEqual(expect.arrayContaining(expected))
  })

  it('tells of losses in a transaction', async () => {
    const db = comeback.attach(bed.knex())
    const events: ComebackEvent[] = []
    db.on('comeback', (event: ComebackEvent) => events.push(event))
    await failureOf(
      db.transaction(async trx => {
        await trx('facts').insert({ value: marker() })
        await bed.killSeen()
      }),
    )
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'lost-transaction', outcome: 'rolled-back' }),
    )
  })
})

onEachServer('what Knex and mysql2 do to results', bed => {
  it('is done to the result of a statement that was sent twice', async () => {
    const db = bed.knex({
      link: {
        dateStrings: true,
        typeCast: (field: TypeCastField, next: () => unknown) =>
          field.name === 'shout' ? field.string()?.toUpperCase() : next(),
      },
      postProcessResponse: (result: unknown, context: unknown) =>
        Array.isArray(result) ? { rows: result[0], context } : result,
    })
    bed.proxy.inject(cutAfterForward(), { match: /shout/ })
    const result: unknown = await db
      .raw("SELECT 'quiet' AS shout, CAST('2026-01-02' AS DATE) AS day")
      .queryContext({ tenant: 7 })
    expect(result).toEqual({ rows: [{ shout: 'QUIET', day: '2026-01-02' }], context: { tenant: 7 } })
    expect(bed.proxy.journal.sentTimes(/shout/)).toBe(2)
  })
})
