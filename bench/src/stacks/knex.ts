import knex, { type Knex } from 'knex'
import { someId } from '../furnish.js'
import { CHANGED, count, ONE_MORE, type Open, SLOTS } from '../stack.js'

/** The ping that is written by hand. */
const validate = async (connection: { ping(done: (error: unknown) => void): void }): Promise<boolean> =>
  new Promise(resolve => connection.ping(error => resolve(!error)))

/** Knex. */
export const open: Open = async (variant, config) => {
  const configuration: Knex.Config = {
    client: 'mysql2',
    connection: { ...config },
    pool: { min: 0, max: SLOTS, ...(variant === 'knex-validate' && { validate }) },
    log: { warn: () => undefined },
  }
  const db = knex(
    variant === 'comeback' ? (await import('@comeback/knex')).comeback(configuration) : configuration,
  )
  return {
    select: () => db('points').where({ id: someId() }).first().then(),
    insert: () => db('written').insert(ONE_MORE).then(),
    transaction: () =>
      db.transaction(async trx => {
        await trx('points').where({ id: someId() }).first()
        await trx('written').insert(ONE_MORE)
        await trx('points').where({ id: someId() }).update(CHANGED)
      }),
    stream: () => count(db('points').select().stream()),
    close: () => db.destroy(),
  }
}
